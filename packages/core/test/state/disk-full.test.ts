import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { guarded, inTransaction, openStateFile } from '../../src/state/sqlite/sqlite-file.ts'

test('a full disk fails the whole commit with a next step, and the commit goes through once there is space', () => {
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-full-'))
  const path = join(folder, 'state.db')
  const database = openStateFile(path)
  try {
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number }
    database.exec(`PRAGMA max_page_count = ${pages + 3}; INSERT INTO pipeline (name) VALUES ('main')`)
    const remember = database.prepare('INSERT INTO known (pipeline_id, id, at) VALUES (1, ?, 0)')
    const commit = (): void =>
      guarded(path, () =>
        inTransaction(database, () => {
          for (let id = 0; id < 5_000; id += 1) remember.run(`id number ${id}`)
        }),
      )
    expect(commit).toThrow(expect.objectContaining({ fault: 'fatal', code: 'disk_full' }))
    expect(database.prepare('SELECT count(*) AS ids FROM known').get()).toEqual({ ids: 0 })
    expect(database.isTransaction).toBe(false)
    database.exec('PRAGMA max_page_count = 1000000')
    commit()
    expect(database.prepare('SELECT count(*) AS ids FROM known').get()).toEqual({ ids: 5_000 })
  } finally {
    database.close()
    rmSync(folder, { recursive: true })
  }
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

/** An empty folder for the tests of one file, as a function that names files in it. */
export function temporaryFolder(): (name: string) => string {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'asana-audit-cli-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  return (name) => join(folder, name)
}

import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('the demo delivers every event of every catalogued type, says so, and ends by itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'asana-audit-demo-'))
  try {
    const main = join(import.meta.dirname, 'main.ts')
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main], { cwd: folder })
    expect(stderr).toContain('5,000 events delivered')
    expect(stdout).toContain('5,000 events of 159 types; the catalogue knows 159')
    expect(stdout).toContain('Events by category')
    expect(stdout).toContain('asana.audit.gid')
    // Only a word that is longer itself.
    const wide = stdout.split('\n').filter((line) => line.length > 80 && line.trim().includes(' '))
    expect(wide).toEqual([])
  } finally {
    await rm(folder, { recursive: true })
  }
})

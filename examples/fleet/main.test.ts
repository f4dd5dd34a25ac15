import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('the demo kills a worker, misses nothing, says so, and ends by itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'asana-audit-fleet-'))
  try {
    const main = join(import.meta.dirname, 'main.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [main, '10'], { cwd: folder })
    expect(stdout).toContain('10 added, 0 changed')
    expect(stdout).toContain('10 tenants active')
    expect(stdout).toContain('silent: dead, stopped or cut off')
    expect(stdout).toMatch(/events of 10 customers; [\d,]+ arrived, 0 missed/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

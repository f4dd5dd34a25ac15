import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const reader = join(import.meta.dirname, 'support/long-texts-in-little-memory.ts')

test('of texts of a megabyte, what is remembered fits into a heap of 64 MB', async () => {
  const { stdout } = await run(process.execPath, ['--max-old-space-size=64', reader])
  expect(stdout).toBe('300')
})

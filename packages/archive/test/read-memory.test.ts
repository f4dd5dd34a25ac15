import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { eventAt, newFolder, noon } from './support/archive-folder.ts'
import { archiveIn, going } from './support/archive-in.ts'

const run = promisify(execFile)
const reader = join(import.meta.dirname, 'support/read-in-little-memory.ts')

test('100,000 events, in one object of 120 MB before compression, are read in a heap of 64 MB', async () => {
  const folder = newFolder()
  const sink = archiveIn(folder)
  const details = { note: 'x'.repeat(1_000) }
  await sink.write(
    Array.from({ length: 100_000 }, (_, index) => eventAt(index, noon + index * 100, details)),
    going(),
  )
  await sink.close()
  const { stdout } = await run(process.execPath, ['--max-old-space-size=64', reader, folder])
  expect(stdout).toBe('100000')
})

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noSmallDisk, smallDisk } from '../../../test/support/commands/full-disk.ts'

test.skipIf(noSmallDisk)(
  'on a full disk writing waits, and goes on when there is room; a disk that can only be read is still an archive',
  async () => {
    const { path, inside } = await smallDisk()
    const [program, ...args] = inside
    const script = join(import.meta.dirname, 'support/archive-on-a-full-disk.ts')
    const found = execFileSync(program, [...args, process.execPath, ...process.execArgv, script, path], {
      encoding: 'utf8',
    })
    expect(JSON.parse(found)).toEqual({
      before: 'ok',
      full: ['temporary no_space', 'temporary no_space'],
      whileFull: { events: 50, problems: [] },
      after: 'ok',
      readOnly: ['fatal no_permission', 'fatal no_permission'],
      read: 100,
      verified: { events: 100, problems: [] },
    })
  },
)

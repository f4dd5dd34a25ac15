import { execFileSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isFault } from '@asana-audit/core'
import { archiveSink, folderStore, readArchive, verifyArchive } from '../../src/index.ts'
import { eventsFrom, noon } from './archive-folder.ts'

/**
 * A program for a small disk: archives to it before it is full, while it is, after, and when it can only be read. Prints what came of each
 * attempt: `ok` or the code of a fault.
 */
const [disk = ''] = process.argv.slice(2)
const path = join(disk, 'archive')
const ballast = join(disk, 'ballast')
const sinkOf = () => archiveSink({ store: folderStore({ path }), lane: 'test', formats: ['jsonl', 'flat'] })
const sink = sinkOf()

async function outcome(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'ok'
  } catch (error) {
    if (isFault(error)) return `${error.fault} ${error.code}`
    throw error
  }
}
const write = (hour: number, into = sink): Promise<string> =>
  outcome(() => into.write(eventsFrom(noon + hour * 3_600_000, 50, hour * 100), new AbortController().signal))
async function verified(): Promise<{ events: number; problems: readonly string[] }> {
  const { events, problems } = await verifyArchive({ store: folderStore({ path }) })
  return { events, problems: problems.map(({ code }) => code) }
}

const before = await write(0)
const { bavail, bsize } = statfsSync(disk)
writeFileSync(ballast, Buffer.alloc(bavail * bsize))
const full = [await write(1), await write(1)]
const whileFull = await verified()
rmSync(ballast)
const after = await write(1)
await sink.close()
execFileSync('mount', ['-o', 'remount,ro', disk])
const other = sinkOf()
const readOnly = [await write(0, other), await write(2, other)]
await other.close()
const read = await Array.fromAsync(readArchive({ store: folderStore({ path }) }))
process.stdout.write(
  JSON.stringify({ before, full, whileFull, after, readOnly, read: read.length, verified: await verified() }),
)

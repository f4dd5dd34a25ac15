import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '@asana-audit/core/sink-kit'
import { expect, test } from 'vitest'
import { archiveSource, compactArchive, folderStore, type ObjectStore, readArchive } from '../../src/index.ts'
import { eventAt, eventsFrom, newFolder, noon, objectsIn } from '../support/archive-folder.ts'
import { archiveIn, going } from '../support/archive-in.ts'

const clock = { ...systemClock, now: () => noon + 5 * 86_400_000 }
const events = eventsFrom(noon, 20)
const gids = events.map(({ gid }) => gid)

/** An archive of 20 events in seven objects. Before the read of an object with this number, and so before all later ones, some work is done. */
async function archived(when: number, work: (folder: string) => Promise<unknown>): Promise<ObjectStore> {
  const folder = newFolder()
  const sink = archiveIn(folder)
  for (let from = 0; from < events.length; from += 3) await sink.write(events.slice(from, from + 3), going())
  await sink.close()
  const store = folderStore({ path: folder })
  let reads = 0
  let done: Promise<unknown> | undefined
  return {
    ...store,
    async read(key, signal) {
      if (key.startsWith('event/')) {
        reads += 1
        if (reads === when) done = work(folder)
        await done
      }
      return store.read(key, signal)
    },
  }
}

async function compact(folder: string): Promise<void> {
  const store = folderStore({ path: folder })
  await compactArchive({ store, clock })
  await store.close()
}

test.each([1, 4, 7])(
  'events of objects that are joined before read %i come all the same, in order',
  async (when) => {
    const store = await archived(when, compact)
    const read = await Array.fromAsync(readArchive({ store }))
    expect(read.map(({ event }) => event.gid)).toEqual(gids)
  },
)

test('a source gives them too, and goes on from any of its positions', async () => {
  const source = archiveSource({ store: await archived(4, compact) })
  const batches = await Array.fromAsync(source.read(undefined))
  expect(batches.flatMap((batch) => batch.events.map(({ gid }) => gid))).toEqual(gids)
  let before = 0
  for (const { cursor, events: some } of batches) {
    before += some.length
    const rest = await Array.fromAsync(source.read(cursor))
    expect(rest.flatMap((batch) => batch.events.map(({ gid }) => gid))).toEqual(gids.slice(before))
  }
})

test('they come if the joined object was joined again', async () => {
  const store = await archived(2, async (folder) => {
    await compact(folder)
    const sink = archiveIn(folder)
    await sink.write([eventAt(90, noon + 90 * 60_000)], going())
    await sink.close()
    await compact(folder)
  })
  const read = await Array.fromAsync(readArchive({ store }))
  expect(read.map(({ event }) => event.gid)).toEqual(gids)
})

test('of a joined object that was changed since none comes, and each object is missing', async () => {
  const store = await archived(1, async (folder) => {
    await compact(folder)
    const [joined = ''] = await objectsIn(folder)
    await writeFile(join(folder, joined), 'x')
  })
  const problems: string[] = []
  const read = await Array.fromAsync(readArchive({ store, onProblem: ({ code }) => problems.push(code) }))
  expect(read).toEqual([])
  expect(problems).toEqual(Array.from({ length: 7 }, () => 'missing'))
})

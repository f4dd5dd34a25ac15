import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Identified } from '@asana-audit/core'
import { sourceContract } from '@asana-audit/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { archivePosition, archiveSource, compactArchive, folderStore } from '../../src/index.ts'
import { eventAt, eventsFrom, newFolder, noon, objectsIn, type TestEvent } from '../support/archive-folder.ts'
import { archiveIn, going } from '../support/archive-in.ts'

const day = 86_400_000

async function add(folder: string, events: readonly TestEvent[], size: number): Promise<void> {
  const sink = archiveIn(folder)
  for (let from = 0; from < events.length; from += size)
    await sink.write(events.slice(from, from + size), going())
  await sink.close()
}

interface Given {
  readonly gids: string[]
  readonly cursors: string[]
}

/** Reads from a cursor to the end, or until so many batches with events have come. */
async function given(
  folder: string,
  cursor?: string,
  most = Number.POSITIVE_INFINITY,
  since?: string,
): Promise<Given> {
  const gids: string[] = []
  const cursors: string[] = []
  let batches = 0
  for await (const batch of archiveSource({ store: folderStore({ path: folder }), since }).read(cursor)) {
    gids.push(...batch.events.map(({ gid }) => gid))
    cursors.push(batch.cursor)
    batches += batch.events.length > 0 ? 1 : 0
    if (batches === most) break
  }
  return { gids, cursors }
}

const gidsOf = (events: readonly Identified[]): string[] => events.map(({ gid }) => gid)

sourceContract(test, async () => {
  const folder = newFolder()
  const events = eventsFrom(noon, 20)
  await add(folder, events, 4)
  const source = archiveSource({ store: folderStore({ path: folder }) })
  return { source, idOf: (event: Identified) => event.gid, ids: gidsOf(events) }
})

test('what is archived later comes in the next reading, also late events, and nothing else', async () => {
  const folder = newFolder()
  const events = eventsFrom(noon, 20)
  await add(folder, events, 4)
  const first = await given(folder)
  expect(first.gids).toEqual(gidsOf(events))
  const end = first.cursors.at(-1)
  expect(archivePosition(end!).upTo).toBeUndefined()
  expect((await given(folder, end)).gids).toEqual([])
  const late = [eventAt(50, noon + 1), eventAt(51, noon + 2 * day)]
  await add(folder, late, 1)
  const second = await given(folder, end)
  expect(second.gids).toEqual(gidsOf(late))
  expect((await given(folder, second.cursors.at(-1))).gids).toEqual([])
})

test('what is archived while it is read is not left out', async () => {
  const folder = newFolder()
  const events = eventsFrom(noon, 20)
  await add(folder, events, 4)
  const { gids, cursors } = await given(folder, undefined, 3)
  const late = eventAt(50, noon + 1)
  await add(folder, [late], 1)
  expect([...gids, ...(await given(folder, cursors.at(-1))).gids]).toEqual([...gidsOf(events), late.gid])
})

test('objects may be joined between two readings: no event is left out, and none comes again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      async (size, most, keep) => {
        const folder = newFolder()
        const events = eventsFrom(noon, 20)
        await add(folder, events, size)
        const before = await given(folder, undefined, most)
        const clock = { now: () => noon + 5 * day, sleep: () => Promise.resolve(), random: () => 0 }
        const store = folderStore({ path: folder })
        await compactArchive({ store, keepOriginals: keep, clock })
        await store.close()
        const after = await given(folder, before.cursors.at(-1))
        expect([...before.gids, ...after.gids]).toEqual(gidsOf(events))
      },
    ),
    { numRuns: 20 },
  )
})

test('a cursor of another archive, or of another time, is refused', async () => {
  const [one, other] = [newFolder(), newFolder()]
  await add(one, eventsFrom(noon, 6), 3)
  await add(other, eventsFrom(noon, 6, 10), 3)
  const { cursors } = await given(one)
  for (const cursor of cursors)
    await expect(given(other, cursor)).rejects.toMatchObject({ fault: 'fatal', code: 'other_archive' })
  const range = given(one, cursors[0], 1, '2026-03-10T12:00:00Z')
  await expect(range).rejects.toMatchObject({ code: 'other_range' })
  await expect(given(one, 'x')).rejects.toMatchObject({ code: 'unknown_cursor' })
})

test('an object that is gone ends the reading, after everything before it was given', async () => {
  const folder = newFolder()
  const events = eventsFrom(noon, 9)
  await add(folder, events, 3)
  await rm(join(folder, (await objectsIn(folder))[1]!))
  const gids: string[] = []
  const reading = async (): Promise<void> => {
    for await (const batch of archiveSource({ store: folderStore({ path: folder }) }).read())
      gids.push(...gidsOf(batch.events))
  }
  await expect(reading()).rejects.toMatchObject({ code: 'archive_incomplete' })
  expect(gids).toEqual(gidsOf(events.slice(0, 3)))
})

import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Identified } from '@asana-audit/core'
import { systemClock } from '@asana-audit/core/sink-kit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonLines } from '../../src/formats/json-lines.ts'
import {
  archiveSource,
  compactArchive,
  folderStore,
  type ObjectStore,
  readArchive,
  verifyArchive,
} from '../../src/index.ts'
import { openManifestChain } from '../../src/manifest/manifest-chain.ts'
import { encodeObject } from '../../src/objects/encode-object.ts'
import { eventAt, eventsFrom, newFolder, noon, objectsIn } from '../support/archive-folder.ts'
import { archiveIn, going, verified } from '../support/archive-in.ts'
import { bucketOfFolder } from '../support/bucket-of-folder.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
const iso = (at: number): string => new Date(at).toISOString()
const gidsOf = (events: readonly Identified[]): string[] => events.map(({ gid }) => gid).toSorted()
const clockAt = (now: () => number) => ({ ...systemClock, now })

/** What a reader gave, and what it said that it left out. */
interface Outcome {
  readonly gids: readonly string[]
  readonly problems: readonly string[]
}

async function readAll(store: ObjectStore, since?: string): Promise<Outcome> {
  const problems: string[] = []
  const onProblem = ({ code, key }: { code: string; key: string }): unknown => problems.push(`${code} ${key}`)
  const found = await Array.fromAsync(readArchive({ store, since, onProblem }))
  return { gids: gidsOf(found.map(({ event }) => event)), problems }
}

/** The same from a source. It is begun anew after each of these numbers of batches, as after restarts. */
async function deliverAll(
  store: ObjectStore,
  since?: string,
  restarts: readonly number[] = [],
): Promise<Outcome> {
  const problems: string[] = []
  const gids = new Set<string>()
  let cursor: string | undefined
  for (const most of [...restarts, Number.POSITIVE_INFINITY]) {
    const source = archiveSource({
      ...{ store, since },
      onProblem: ({ code, key }) => problems.push(`${code} ${key}`),
    })
    let batches = 0
    for await (const batch of source.read(cursor)) {
      for (const { gid } of batch.events) gids.add(gid)
      cursor = batch.cursor
      batches += 1
      if (batches === most) break
    }
  }
  return { gids: [...gids].toSorted(), problems }
}

const whole = (events: readonly Identified[]): Outcome => ({ gids: gidsOf(events), problems: [] })

describe('every event comes', () => {
  test('whatever the pipeline is called, also after a restart', async () => {
    const name = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('.evidence', '..', '.', 'a/b', '-', '_', 'x.jsonl.gz', '.a.parquet', 'ü', 'CON', ' '),
    )
    await fc.assert(
      fc.asyncProperty(name, async (lane) => {
        const folder = newFolder()
        const events = eventsFrom(noon, 4)
        for (const event of events) {
          const sink = archiveIn(folder, { lane })
          await sink.write([event], going())
          await sink.close()
        }
        const store = folderStore({ path: folder })
        expect(await readAll(store)).toEqual(whole(events))
        expect(await deliverAll(store)).toEqual(whole(events))
        expect((await verified(folder)).problems).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('whatever the clock of the writer said, and whatever time is asked for', async () => {
    const years = fc.integer({ min: -3_000, max: 3_000 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 30 }), years), { minLength: 1, maxLength: 12 }),
        fc.nat({ max: 30 }),
        async (writes, from) => {
          const folder = newFolder()
          let now = noon
          const sink = archiveIn(folder, { clock: clockAt(() => now) })
          const events = writes.map(([day], index) => eventAt(index, noon + day * dayMs + index * minuteMs))
          for (const [index, [day, wrongDays]] of writes.entries()) {
            now = noon + (day + wrongDays) * dayMs
            await sink.write([events[index]!], going())
          }
          await sink.close()
          const since = iso(noon + from * dayMs)
          const wanted = whole(events.filter(({ created_at: at }) => at >= since))
          const store = folderStore({ path: folder })
          expect(await readAll(store, since)).toEqual(wanted)
          expect(await deliverAll(store, since)).toEqual(wanted)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('in any order of the events, if objects are joined at any time while they are delivered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 50 }), { minLength: 2, maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 5 }),
        fc.nat({ max: 20 }),
        async (minutes, size, restarts, when) => {
          const folder = newFolder()
          const sink = archiveIn(folder)
          const events = minutes.map((minute, index) => eventAt(index, noon + minute * minuteMs + index))
          for (let from = 0; from < events.length; from += size)
            await sink.write(events.slice(from, from + size), going())
          await sink.close()
          const store = joinedAt(folder, when)
          expect(await deliverAll(store, undefined, restarts)).toEqual(whole(events))
        },
      ),
      { numRuns: 60 },
    )
  })
})

test('events at the start of a joined object are given, although their turn was after the events that were given', async () => {
  const folder = newFolder()
  const sink = archiveIn(folder)
  // The first one has the earliest event, and the later name.
  const [first, second] = [
    [eventAt(1, noon + 5 * minuteMs), eventAt(2, noon)],
    [eventAt(3, noon + 2 * minuteMs)],
  ]
  await sink.write(first, going())
  await sink.write(second, going())
  await sink.close()
  const store = folderStore({ path: folder })
  const source = archiveSource({ store })
  let cursor: string | undefined
  for await (const batch of source.read(undefined)) {
    expect(gidsOf(batch.events)).toEqual(gidsOf(first))
    cursor = batch.cursor
    break
  }
  await compactArchive({ store, clock: clockAt(() => noon + 9 * dayMs) })
  await store.close()
  const rest = await Array.fromAsync(source.read(cursor))
  expect(rest.flatMap(({ events }) => gidsOf(events))).toContain(second[0]!.gid)
})

/** The archive, whose objects are joined before the object with this number is read. */
function joinedAt(folder: string, when: number): ObjectStore {
  const store = { ...folderStore({ path: folder }), claim: async () => {} }
  let reads = 0
  return {
    ...store,
    async read(key, signal) {
      if (key.startsWith('event/') && reads++ === when)
        await compactArchive({ store, clock: clockAt(() => noon + 9 * dayMs) })
      return store.read(key, signal)
    },
  }
}

test('of lists of a bucket that lack a page, no event is left out without a word', async () => {
  const folder = newFolder()
  const sink = archiveIn(folder)
  const events = eventsFrom(noon, 24)
  for (let from = 0; from < events.length; from += 2) await sink.write(events.slice(from, from + 2), going())
  await sink.close()
  const since = fc.option(fc.nat({ max: 24 }), { nil: undefined })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.nat({ max: 12 }),
      since,
      async (pageSize, lost, minute) => {
        const from = minute === undefined ? undefined : iso(noon + minute * minuteMs)
        const wanted = gidsOf(events.filter(({ created_at: at }) => from === undefined || at >= from))
        for (const read of [readAll, deliverAll]) {
          const { store } = await bucketOfFolder(folder, {
            pageSize,
            listed: (keys, page) => (page === lost ? [] : keys),
          })
          const { gids, problems } = await read(store, from).catch(({ code }: { code: string }) => ({
            ...{ gids: [] as readonly string[], problems: [code] as readonly string[] },
          }))
          if (problems.length === 0) expect(gids).toEqual(wanted)
        }
        const { store } = await bucketOfFolder(folder, {
          pageSize,
          listed: (keys, page) => (page === lost ? [] : keys),
        })
        const { events: compared, problems } = await verifyArchive({ store })
        if (problems.length === 0) expect(compared).toBe(24)
      },
    ),
    { numRuns: 60 },
  )
})

test('the newest entries are read although the list of the bucket lacks its last page', async () => {
  const folder = newFolder()
  const sink = archiveIn(folder)
  const events = eventsFrom(noon, 6)
  for (const event of events) await sink.write([event], going())
  await sink.close()
  const { store } = await bucketOfFolder(folder, {
    listed: (keys) => keys.filter((key) => !/000000000[56]\.json$/.test(key)),
  })
  expect(await readAll(store)).toEqual(whole(events))
  expect(await deliverAll(store)).toEqual(whole(events))
  expect(await verifyArchive({ store })).toMatchObject({ events: 6, problems: [] })
})

test('a gap right before the first entry of the time that is asked for is named', async () => {
  const folder = newFolder()
  let now = noon
  const sink = archiveIn(folder, { clock: clockAt(() => now) })
  const events = Array.from({ length: 9 }, (_, index) => eventAt(index, noon + index * dayMs))
  for (const [index, event] of events.entries()) {
    now = noon + index * dayMs
    await sink.write([event], going())
  }
  await sink.close()
  // Entries are read from two days before that time on, as clocks may differ.
  const { store } = await bucketOfFolder(folder, {
    listed: (keys) => keys.filter((key) => !/000000000[34]\.json$/.test(key)),
  })
  const since = iso(noon + 4 * dayMs)
  const named = ['entry_missing _manifest/test/0000000003.json']
  expect((await readAll(store, since)).problems).toEqual(named)
  expect(new Set((await deliverAll(store, since)).problems)).toEqual(new Set(named))
})

test('an object that grows while it is read is named', async () => {
  const folder = newFolder()
  const sink = archiveIn(folder)
  await sink.write(eventsFrom(noon, 3), going())
  await sink.close()
  const [key = ''] = await objectsIn(folder)
  const settled = folderStore({ path: folder })
  const growing: ObjectStore = {
    ...settled,
    async read(one, signal) {
      if (one === key) await appendFile(join(folder, key), 'x')
      return settled.read(one, signal)
    },
  }
  expect(await readAll(growing)).toEqual({ gids: [], problems: [`changed ${key}`] })
})

test('an object that gives fewer events than its entry tells of is named', async () => {
  const store = folderStore({ path: newFolder() })
  const [first, ...more] = eventsFrom(noon, 3)
  const { bytes, facts } = await encodeObject(jsonLines('gzip'), [first!, ...more])
  await store.create(facts.key, bytes)
  const chain = await openManifestChain({ store, lane: 'test', signingKey: undefined, clock: systemClock })
  await chain.append({ ...facts, rows: 4 })
  expect(await readAll(store)).toMatchObject({ problems: [`entry_differs ${facts.key}`] })
})

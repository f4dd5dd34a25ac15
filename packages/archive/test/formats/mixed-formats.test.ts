import { systemClock } from '@asana-audit/core/sink-kit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { flatParquet } from '../../src/formats/flat/flat-parquet.ts'
import { jsonLines } from '../../src/formats/json-lines.ts'
import { folderStore } from '../../src/index.ts'
import { openManifestChain } from '../../src/manifest/manifest-chain.ts'
import type { ManifestEntry } from '../../src/manifest/manifest-entry.ts'
import { encodeObject } from '../../src/objects/encode-object.ts'
import { indexArchive } from '../../src/read/index-archive.ts'
import { plannedEvents } from '../../src/read/planned-events.ts'
import { type ReadingPlan, readingPlan } from '../../src/read/reading-plan.ts'
import { roundPlan } from '../../src/read/round-plan.ts'
import { eventAt, eventsFrom, newFolder, noon, type TestEvent } from '../support/archive-folder.ts'

const span = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY }

interface Written {
  /** `ecs` gives nothing back. */
  readonly format: 'jsonl' | 'flat' | 'ecs'
  readonly events: readonly TestEvent[]
}

/** Writes objects with their entries, each in its format. */
async function archived(objects: readonly Written[]): Promise<string> {
  const folder = newFolder()
  const store = folderStore({ path: folder })
  await store.claim()
  const chain = await openManifestChain({ store, lane: 'test', signingKey: undefined, clock: systemClock })
  for (const [index, { format, events }] of objects.entries()) {
    const form = format === 'flat' ? flatParquet : jsonLines('gzip')
    const { bytes, facts } = await encodeObject(form, events as [TestEvent, ...TestEvent[]])
    const key = `${format === 'jsonl' ? 'event' : format}/day=${events[0]!.created_at.slice(0, 10)}/${index}${form.ending}`
    await store.create(key, bytes)
    await chain.append({ ...facts, key })
  }
  await store.close()
  return folder
}

async function entriesIn(path: string): Promise<readonly ManifestEntry[]> {
  return (await indexArchive({ ...span, store: folderStore({ path }), onProblem: () => {} })).entries
}

const isHeld = async (): Promise<boolean> => false
const planOf = async (path: string): Promise<ReadingPlan> => readingPlan(await entriesIn(path))

async function gidsOf(path: string, plan: ReadingPlan): Promise<string[]> {
  const gids: string[] = []
  const onProblem = ({ message }: { message: string }): void => void gids.push(message)
  const store = folderStore({ path })
  for await (const { event } of plannedEvents(plan, { ...span, store, onProblem, isHeld }))
    gids.push(event.gid)
  return gids
}

test('an event in two formats comes once, from the better one', async () => {
  const events = eventsFrom(noon, 6)
  const folder = await archived([
    { format: 'flat', events },
    { format: 'jsonl', events },
  ])
  const plan = await planOf(folder)
  expect(plan.objects.map(({ entry }) => entry.key)).toEqual([expect.stringMatching(/^event\//)])
  expect(await gidsOf(folder, plan)).toEqual(events.map(({ gid }) => gid))
})

test('events of a format that is the only one are read from it', async () => {
  const events = eventsFrom(noon, 6)
  const folder = await archived([
    { format: 'jsonl', events: events.slice(0, 3) },
    { format: 'flat', events: events.slice(3) },
  ])
  expect(await gidsOf(folder, await planOf(folder))).toEqual(events.map(({ gid }) => gid))
})

test('each event comes once, however the formats are cut, and from any position on', async () => {
  // In which of four objects each event is, in each of the two formats.
  const places = fc.array(fc.nat(3), { minLength: 20, maxLength: 20 })
  // Also objects that begin in the same millisecond.
  const gaps = fc.constantFrom(0, 1, 1_000)
  await fc.assert(
    fc.asyncProperty(places, places, fc.nat(19), gaps, async (some, others, position, gap) => {
      const events = Array.from({ length: 20 }, (_, index) => eventAt(index, noon + index * gap))
      const objects = (of: readonly number[], format: Written['format']): Written[] =>
        [0, 1, 2, 3]
          .map((one) => ({ format, events: events.filter((_, index) => of[index] === one) }))
          .filter((one) => one.events.length > 0)
      const folder = await archived([...objects(some, 'jsonl'), ...objects(others, 'flat')])
      const entries = await entriesIn(folder)
      const plan = readingPlan(entries)
      const gids = await gidsOf(folder, plan)
      expect(gids.toSorted()).toEqual(events.map(({ gid }) => gid))
      // What comes from a position on is what came after it.
      const found: { key: string; gid: string }[] = []
      const options = { ...span, store: folderStore({ path: folder }), onProblem: () => {}, isHeld }
      for await (const { key, event } of plannedEvents(plan, options)) found.push({ key, gid: event.gid })
      const at = found[position]!
      const upTo = { '_manifest/test/': { sequence: 99, sha256: '' } }
      const { first } = plan.objects.find(({ entry }) => entry.key === at.key)!.entry
      const last = { ...at, first }
      const left = roundPlan(entries, { version: 1, since: null, until: null, after: {}, upTo, last }, upTo)
      expect(await gidsOf(folder, left)).toEqual(gids.slice(position + 1))
    }),
    { numRuns: 40 },
  )
})

test('a day that is only in a format that gives nothing back is named', async () => {
  const tomorrow = eventsFrom(noon + 86_400_000, 2, 50)
  const folder = await archived([
    { format: 'jsonl', events: eventsFrom(noon, 6) },
    { format: 'ecs', events: eventsFrom(noon, 5) },
    { format: 'ecs', events: tomorrow },
  ])
  const { unreadable } = await planOf(folder)
  expect(unreadable.map(({ key }) => key)).toEqual(['ecs/day=2026-03-11/2.jsonl.gz'])
})

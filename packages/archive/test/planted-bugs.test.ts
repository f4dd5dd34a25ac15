import { systemClock } from '@asana-audit/core/sink-kit'
import { expect, test } from 'vitest'
import { jsonLines } from '../src/formats/json-lines.ts'
import { folderStore, type ObjectStore } from '../src/index.ts'
import { joinedKey } from '../src/layout/object-key.ts'
import { openManifestChain } from '../src/manifest/manifest-chain.ts'
import { encodeObject } from '../src/objects/encode-object.ts'
import { type ObjectFacts, objectFacts } from '../src/objects/object-facts.ts'
import {
  eventAt,
  eventsFrom,
  gidsIn,
  newFolder,
  noon,
  objectsIn,
  type TestEvent,
} from './support/archive-folder.ts'
import { archiveIn, going, problemsOf } from './support/archive-in.ts'
import { deliverWithDeaths } from './support/deliver-with-deaths.ts'

// Bugs that an archive must not have, made on purpose: the checks of the other tests, or `archive verify`, notice each.

/** Writes one object and its entry as a sink would that has a bug in `facts`. */
async function archiveWith(
  events: readonly [TestEvent, ...TestEvent[]],
  bug: (facts: ObjectFacts) => ObjectFacts,
): Promise<string> {
  const folder = newFolder()
  const store: ObjectStore = folderStore({ path: folder })
  await store.claim()
  const chain = await openManifestChain({ store, lane: 'test', signingKey: undefined, clock: systemClock })
  const { bytes, facts } = await encodeObject(jsonLines('gzip'), events)
  await store.create(facts.key, bytes, going())
  await chain.append(bug(facts))
  await store.close()
  return folder
}

const events = eventsFrom(noon, 20) as [TestEvent, ...TestEvent[]]

test('without a bug nothing is noticed', async () => {
  const folder = await archiveWith(events, (facts) => facts)
  expect(await problemsOf(folder)).toEqual([])
})

test('a position that is saved before the object is there loses events', async () => {
  const folder = newFolder()
  // Dies before its first object is there.
  await deliverWithDeaths(folder, events, [{ size: 5, creations: 0 }], { savesFirst: true })
  expect(new Set(await gidsIn(folder)).size).toBeLessThan(events.length)
  const fine = newFolder()
  await deliverWithDeaths(fine, events, [{ size: 5, creations: 0 }])
  expect(new Set(await gidsIn(fine)).size).toBe(events.length)
})

test('a digest of other rows than were stored is noticed', async () => {
  const { facts: others } = await encodeObject(jsonLines('gzip'), eventsFrom(noon, 19) as [TestEvent])
  for (const name of ['rows', 'last', 'ids_sha256', 'content_sha256'] as const) {
    const folder = await archiveWith(events, (facts) => ({ ...facts, [name]: others[name] }))
    expect(await problemsOf(folder), name).toEqual([`entry_differs ${(await objectsIn(folder))[0]}`])
  }
})

test('an object of another content that is adopted under the digest of ours is noticed', async () => {
  const changed = events.map((event) => ({ ...event, event_type: 'changed' })) as [TestEvent]
  const { facts: ours } = await encodeObject(jsonLines('gzip'), events)
  const folder = await archiveWith(changed, () => ours)
  expect(await problemsOf(folder)).toEqual([`changed ${ours.key}`])
})

test('an object that goes on over midnight is noticed', async () => {
  const midnight = Date.parse('2026-03-11T00:00:00Z')
  const folder = await archiveWith([eventAt(1, midnight - 1), eventAt(2, midnight)], (facts) => facts)
  expect(await problemsOf(folder)).toEqual([`damaged ${(await objectsIn(folder))[0]}`])
})

test('a compaction that removes first is noticed when it dies', async () => {
  const folder = newFolder()
  const sink = archiveIn(folder)
  for (const minute of [0, 1]) await sink.write([eventAt(minute, noon + minute * 60_000)], going())
  await sink.close()
  const keys = await objectsIn(folder)
  const store = folderStore({ path: folder })
  for (const key of keys) await store.remove(key, going())
  expect(await problemsOf(folder)).toEqual(keys.map((key) => `missing ${key}`))
})

test('a joined object that lacks an event, with an entry that agrees with it, is noticed', async () => {
  const folder = newFolder()
  const sink = archiveIn(folder)
  for (const minute of [0, 1])
    await sink.write(
      [0, 1].map((one) => eventAt(minute * 2 + one, noon + minute * 60_000)),
      going(),
    )
  await sink.close()
  const replaces = await objectsIn(folder)
  const store = folderStore({ path: folder })
  await store.claim()
  const kept = [0, 1, 3].map((number) => eventAt(number, noon + Math.floor(number / 2) * 60_000))
  const { bytes } = await encodeObject(jsonLines('gzip'), kept as [TestEvent, ...TestEvent[]])
  const key = joinedKey(replaces as [string, ...string[]])
  await store.create(key, bytes, going())
  const chain = await openManifestChain({
    store,
    lane: 'archive-compact',
    signingKey: undefined,
    clock: systemClock,
  })
  await chain.append({ ...objectFacts(key, 'jsonl', kept, bytes), replaces })
  for (const one of replaces) await store.remove(one, going())
  await store.close()
  expect(await problemsOf(folder)).toEqual([`join_differs ${key}`])
})

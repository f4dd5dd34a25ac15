import type { Identified } from '@asana-audit/core'
import { millisAt } from '@asana-audit/schema/lossless'
import { jsonOf } from '../formats/json-lines.ts'
import { joinedKey, nameInKey, objectKey, readKey } from '../layout/object-key.ts'
import type { ManifestChain } from '../manifest/manifest-chain.ts'
import { entryKey, type ManifestEntry, readEntry } from '../manifest/manifest-entry.ts'
import { objectFacts } from '../objects/object-facts.ts'
import { readObject } from '../objects/read-object.ts'
import { sha256 } from '../sha256.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { notHeld } from '../verify/verify-joined.ts'
import { verifyObject } from '../verify/verify-object.ts'
import { damagedObject, joinedGone, notJoined, notRecorded } from './compaction-faults.ts'

/** Objects that become one, in the order of their keys. */
export interface Group {
  /** The key of the joined object. */
  readonly key: string
  readonly replaces: readonly string[]
  readonly events: number
  /** All events, one a line: a text takes far less memory than events. */
  readonly text: string
}

/** An object with its events, one a line. */
export interface Loaded {
  readonly entry: ManifestEntry
  readonly text: string
}

export function groupOf(objects: readonly [Loaded, ...Loaded[]]): Group {
  const [first, ...others] = objects
  const replaces = [first.entry.key, ...others.map(({ entry }) => entry.key)] as const
  return {
    ...{ key: joinedKey(replaces), replaces },
    events: objects.reduce((sum, { entry }) => sum + entry.rows, 0),
    text: objects.map(({ text }) => text).join(''),
  }
}

export interface Joining {
  readonly store: ObjectStore
  readonly chain: ManifestChain
  /** The entries of the object at a key: one, or none. */
  readonly entriesOf: (key: string) => readonly ManifestEntry[]
  readonly signal: AbortSignal | undefined
}

/** Creates the joined object and its entry. Nothing is removed. */
export async function joinObjects({ key, replaces, text }: Group, joining: Joining): Promise<ManifestEntry> {
  const { form } = readKey(key)!
  const bytes = await form.encode(eventsOf(text))
  // If the object exists, another call has just made it. Its events are compared all the same.
  await joining.store.create(key, bytes, joining.signal)
  return record(key, replaces, joining)
}

function* eventsOf(text: string): Generator<Identified> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from)
    yield jsonOf(text.slice(from, end)) as Identified
    from = end + 1
  }
}

/**
 * Records a joined object whose process was killed before it did. Undefined if it is not made of several whole objects that are live: then
 * it is not ours, or another call has joined them too, and `verifyArchive` names it.
 */
export async function finishJoin(
  key: string,
  live: readonly ManifestEntry[],
  joining: Joining,
): Promise<ManifestEntry | undefined> {
  const bytes = await joining.store.read(key, joining.signal)
  const events = bytes && (await readObject(key, bytes).catch(() => undefined))
  const replaces = events && partsOf(key, events, live)
  return replaces && replaces.length > 1 ? record(key, replaces, joining) : undefined
}

/** The objects that these events are made of, one after the other: the name of each follows from its first event. */
function partsOf(
  key: string,
  events: readonly Identified[],
  live: readonly ManifestEntry[],
): readonly string[] | undefined {
  const { form } = readKey(key)!
  const byName = new Map(live.map((entry) => [nameInKey(entry.key), entry]))
  const parts: string[] = []
  for (let from = 0; from < events.length; ) {
    const { gid, created_at } = events[from]!
    const entry = byName.get(nameInKey(objectKey(form, gid, millisAt(created_at))))
    if (!entry) return undefined
    parts.push(entry.key)
    from += entry.rows
  }
  return parts
}

/** Reads the joined object back, appends its entry, and reads that back too. */
async function record(key: string, replaces: readonly string[], joining: Joining): Promise<ManifestEntry> {
  const { store, chain, entriesOf, signal } = joining
  const stored = await store.read(key, signal)
  if (!stored) throw joinedGone(key)
  const { form } = readKey(key)!
  const events = await readObject(key, stored)
  const lacking = notHeld(events, replaces, entriesOf)
  if (lacking !== undefined) throw notJoined(key, [lacking])
  // Another process may have made it, with other columns.
  if ((await form.follows?.(stored, events)) === false) throw notJoined(key, replaces)
  const head = await chain.append({ ...objectFacts(key, form.format, events, stored), replaces }, signal)
  const bytes = await store.read(entryKey(head.lane, head.sequence), signal)
  const entry = bytes && sha256(bytes) === head.sha256 ? readEntry(bytes) : undefined
  if (!entry) throw notRecorded(key, store.place)
  return entry
}

/** Removes the objects that a recorded one replaces, once both are read again and agree with their entries. Gives back their keys. */
export async function removeReplaced(
  entry: ManifestEntry,
  { store, entriesOf, signal }: Joining,
): Promise<readonly string[]> {
  const { key, replaces = [] } = entry
  const joined = await store.read(key, signal)
  // Without the joined object nothing can be proved. Another call has joined it with others, or it was lost.
  if (!joined) return []
  const { problem, events } = await verifyObject(entry, joined, () => undefined)
  if (problem) throw damagedObject(problem.message)
  const lacking = notHeld(events, replaces, entriesOf)
  if (lacking !== undefined) throw notJoined(key, [lacking])
  const removed: string[] = []
  for (const replaced of replaces) {
    const bytes = await store.read(replaced, signal)
    if (!bytes) continue
    // Somebody has changed this object. It stays, as evidence of that.
    if (sha256(bytes) !== entriesOf(replaced)[0]?.sha256)
      throw damagedObject(`${replaced} is not as it was stored.`)
    await store.remove(replaced, signal)
    removed.push(replaced)
  }
  return removed
}

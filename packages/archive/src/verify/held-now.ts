import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Identified } from '@asana-audit/core'
import { millisAt } from '@asana-audit/schema/lossless'
import { readKey } from '../layout/object-key.ts'
import type { ManifestEntry } from '../manifest/manifest-entry.ts'
import { replacedBy } from '../manifest/replaced-by.ts'
import { contentDigest, idsDigest } from '../objects/object-facts.ts'
import { readObject } from '../objects/read-object.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { partsOfSize } from './parts-of-size.ts'
import { readAll } from './read-all.ts'

export interface HeldNowOptions {
  readonly store: ObjectStore
  /** All entries of the day. */
  readonly among: readonly ManifestEntry[]
  readonly signal: AbortSignal | undefined
}

/** How many items are tried before other work of the process goes on. */
const itemsInATurn = 10_000

/**
 * Whether the archive holds exactly the events that an entry tells of, although its object may be gone: in it or in objects that were
 * recorded since it came again, as nobody writes an event that is in an older one. The digests of the entry prove it. Rejects with
 * `signal.reason` once aborted.
 */
export async function isHeldNow(entry: ManifestEntry, options: HeldNowOptions): Promise<boolean> {
  const [from, until] = [Date.parse(entry.first), Date.parse(entry.last)]
  const events = (await eventsSince(entry, options))
    .filter((event) => timeOf(event) >= from && timeOf(event) <= until)
    // Stable: events of one millisecond stay in the order of their objects.
    .sort((one, other) => timeOf(one) - timeOf(other))
  // The events of an object follow each other. Other events may have the same millisecond as its first or last one, so its part of the list
  // may begin and end within a millisecond. A late event may have come in between since.
  let tried = 0
  for (const some of partsOfSize(events, entry.rows, (event) => timeOf(event) === from)) {
    if (idsDigest(some) === entry.ids_sha256) return contentDigest(some) === entry.content_sha256
    tried += some.length
    if (tried < itemsInATurn) continue
    tried = 0
    await nextTurn()
    options.signal?.throwIfAborted()
  }
  return false
}

/** Whether both tell of the same events, each with the same content. */
export function holdsSame(one: ManifestEntry, other: ManifestEntry): boolean {
  return one.ids_sha256 === other.ids_sha256 && one.content_sha256 === other.content_sha256
}

/** What the objects of its day hold that were recorded when this one came again, or later. */
async function eventsSince(
  entry: ManifestEntry,
  { store, among, signal }: HeldNowOptions,
): Promise<Identified[]> {
  const { key, format, first, last } = entry
  const day = readKey(key)?.day
  const replaced = replacedBy(among)
  const again = among.filter((one) => one.key === key && isSince(one, entry) && !holdsSame(one, entry))
  const since = again.reduce((earliest, one) => (isSince(earliest, one) ? one : earliest), again[0] ?? entry)
  const keys = among
    .filter((one) => one.format === format && readKey(one.key)?.day === day && !replaced.has(one.key))
    .filter((one) => isSince(one, since) && overlap(one, { first, last }))
    .map((one) => one.key)
  const events: Identified[] = []
  for await (const [of, bytes] of readAll(store, [...new Set(keys)].sort(), signal))
    for (const event of bytes ? await readObject(of, bytes).catch(() => []) : []) events.push(event)
  return events
}

/** Whether an entry was written after another one, or is it. */
function isSince(one: ManifestEntry, other: ManifestEntry): boolean {
  if (one.lane === other.lane) return one.sequence >= other.sequence
  return Date.parse(one.written_at) >= Date.parse(other.written_at)
}

function overlap(
  one: Pick<ManifestEntry, 'first' | 'last'>,
  other: Pick<ManifestEntry, 'first' | 'last'>,
): boolean {
  return Date.parse(one.first) <= Date.parse(other.last) && Date.parse(one.last) >= Date.parse(other.first)
}

function timeOf({ created_at }: Identified): number {
  return millisAt(created_at)
}

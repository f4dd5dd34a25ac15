import type { Identified } from '@asana-audit/core'
import { readKey } from './layout/object-key.ts'
import type { ManifestEntry } from './manifest/manifest-entry.ts'
import { replacedBy } from './manifest/replaced-by.ts'
import { readObject } from './objects/read-object.ts'
import type { ObjectStore } from './store/object-store.ts'
import { readAll } from './verify/read-all.ts'
import { withoutUnread } from './verify/unread-objects.ts'
import { verifyManifest } from './verify/verify-manifest.ts'
import { verifyObject } from './verify/verify-object.ts'

export interface FindEventOptions {
  /** The archive: `folderStore({ path })` or `s3Store({ … })`. It is only read. */
  readonly store: ObjectStore
  /** The gid of the event. */
  readonly gid: string
  /**
   * The UTC day of the event, such as `2026-03-10`.
   * @default all days are searched, which reads every object
   */
  readonly day?: string | undefined
  /**
   * Called for each object of that day that is gone or cannot be read, `{ key, from, until }`: it may hold the event too.
   * @default none: such an object is left out
   */
  readonly onUnread?: ((object: UnreadObject) => void) | undefined
  /** Ends the search. */
  readonly signal?: AbortSignal | undefined
}

/** An object that could not be searched. */
export interface UnreadObject {
  readonly key: string
  /** RFC 3339: the times of its first and last event, by its entry. Undefined if it has none. */
  readonly from: string | undefined
  readonly until: string | undefined
}

/** The entry that first recorded an event. */
export interface FirstRecord {
  readonly lane: string
  readonly sequence: number
  /** RFC 3339. */
  readonly writtenAt: string
  /** Whether the entry is signed. The signature is not checked. */
  readonly isSigned: boolean
  /** The key of the object that held the event first. That object is gone if it was joined with others. */
  readonly key: string
}

/** An event in an object of an archive. */
export interface FoundEvent {
  readonly key: string
  readonly event: Identified
  /** Undefined if the object has no entry. */
  readonly recorded: FirstRecord | undefined
  /** What is wrong with the object, by its entry. */
  readonly problem: string | undefined
}

/** Finds an event in an archive: one object for each format that gives it back. An object that cannot be read is left out. */
export async function findEvent(options: FindEventOptions): Promise<FoundEvent[]> {
  const { gid, onUnread, signal } = options
  // `onUnread` gets an object that cannot be read now, and one that is gone.
  const { store } = withoutUnread(options.store)
  const { chains } = await verifyManifest({ store: options.store, signal })
  const entries = chains.flatMap((chain) => chain.entries)
  const byKey = new Map(entries.map((entry) => [entry.key, entry]))
  const found: FoundEvent[] = []
  for await (const [key, bytes] of readAll(
    store,
    await keysToSearch({ ...options, store }, entries),
    signal,
  )) {
    const entry = byKey.get(key)
    const events = bytes && (await readObject(key, bytes).catch(() => undefined))
    if (!events) onUnread?.({ key, from: entry?.first, until: entry?.last })
    const at = events?.findIndex((event) => event.gid === gid) ?? -1
    const event = events?.[at]
    if (!event || !bytes) continue
    found.push({
      ...{ key, event },
      recorded: entry && firstRecord(entry, at, byKey),
      problem: entry && (await verifyObject(entry, bytes, () => undefined)).problem?.message,
    })
  }
  return found
}

/**
 * The keys of all objects that are recorded or stored, in order. Leaves out views, which do not give events back, and objects whose events
 * are in a joined object.
 */
async function keysToSearch(
  { store, day, signal }: FindEventOptions,
  entries: readonly ManifestEntry[],
): Promise<readonly string[]> {
  const keys = new Set(entries.map(({ key }) => key))
  for await (const { key } of store.list('', signal)) keys.add(key)
  const replaced = replacedBy(entries)
  const mayHold = (key: string): boolean => {
    const named = readKey(key)
    return named?.form.isRecord === true && !replaced.has(key) && (day === undefined || named.day === day)
  }
  return [...keys].filter(mayHold).sort()
}

/** The first record of the event at this place in an object. The events of a joined object were recorded before, by the objects that it replaces. */
function firstRecord(
  entry: ManifestEntry,
  at: number,
  byKey: ReadonlyMap<string, ManifestEntry>,
): FirstRecord {
  let from = 0
  for (const key of entry.replaces ?? []) {
    const part = byKey.get(key)
    if (!part) break
    if (at < from + part.rows) return firstRecord(part, at - from, byKey)
    from += part.rows
  }
  const { lane, sequence, written_at: writtenAt, signature, key } = entry
  return { lane, sequence, writtenAt, isSigned: signature !== undefined, key }
}

import type { Identified } from '@asana-audit/core'
import { laneFolder, type ManifestEntry } from '../manifest/manifest-entry.ts'
import { newerEntries } from '../manifest/newer-entries.ts'
import { contentDigest, idsDigest } from '../objects/object-facts.ts'
import { readObject } from '../objects/read-object.ts'
import { sha256 } from '../sha256.ts'
import type { ObjectStore } from '../store/object-store.ts'

export interface JoinedMeanwhileOptions {
  readonly store: ObjectStore
  /** The entries that were read, of all objects of their days. */
  readonly entries: readonly ManifestEntry[]
  /** By the folder of each lane, the newest entry that was read. */
  readonly heads: ReadonlyMap<string, { readonly sequence: number }>
  readonly signal: AbortSignal | undefined
}

/**
 * Finds the events of an object that was joined with others, and removed, after the manifest was read. Undefined if it was not, or if the
 * joined object does not hold them as the entry says. Holds the events of one joined object.
 */
export function joinedMeanwhile({
  store,
  entries,
  signal,
  ...options
}: JoinedMeanwhileOptions): (entry: ManifestEntry) => Promise<readonly Identified[] | undefined> {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]))
  const joinedIn = new Map<string, ManifestEntry>()
  const heads = new Map(options.heads)
  let last: { readonly entry: ManifestEntry; readonly events: readonly Identified[] | undefined } | undefined

  async function eventsOf(entry: ManifestEntry): Promise<readonly Identified[] | undefined> {
    if (last?.entry === entry) return last.events
    const bytes = await store.read(entry.key, signal)
    const isWhole = bytes && sha256(bytes) === entry.sha256
    const events = isWhole ? await readObject(entry.key, bytes) : bytes ? undefined : await partOf(entry)
    last = { entry, events }
    return events
  }

  async function partOf(entry: ManifestEntry): Promise<readonly Identified[] | undefined> {
    for (const newer of await newerEntries(store, heads, signal)) {
      heads.set(laneFolder(newer.lane), newer)
      byKey.set(newer.key, newer)
      for (const key of newer.replaces ?? []) joinedIn.set(key, newer)
    }
    const joined = joinedIn.get(entry.key)
    const { replaces = [] } = joined ?? {}
    const before = replaces.slice(0, replaces.indexOf(entry.key)).map((key) => byKey.get(key)?.rows)
    if (!joined || before.includes(undefined)) return undefined
    const from = before.reduce<number>((sum, rows = 0) => sum + rows, 0)
    const events = (await eventsOf(joined))?.slice(from, from + entry.rows)
    if (!events || idsDigest(events) !== entry.ids_sha256) return undefined
    return contentDigest(events) === entry.content_sha256 ? events : undefined
  }

  return partOf
}

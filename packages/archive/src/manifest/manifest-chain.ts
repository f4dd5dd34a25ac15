import { type Clock, type Fault, fault } from '@asana-audit/core'
import type { ObjectFacts } from '../objects/object-facts.ts'
import { sha256 } from '../sha256.ts'
import type { ObjectStore } from '../store/object-store.ts'
import {
  entryBytes,
  entryKey,
  laneFolder,
  type ManifestEntry,
  readEntry,
  readEntryKey,
} from './manifest-entry.ts'
import type { SigningKey } from './signature.ts'

export interface ManifestChainOptions {
  readonly store: ObjectStore
  readonly lane: string
  readonly signingKey: SigningKey | undefined
  readonly clock: Clock
  /** The head of the chain when it was last known. */
  readonly lastHead?: Pick<ChainHead, 'sequence' | 'sha256'> | undefined
}

/** The newest entry of a chain. */
export interface ChainHead {
  readonly lane: string
  readonly sequence: number
  /** The SHA-256 of the entry as it is stored. */
  readonly sha256: string
}

/** The lane of joined objects. Its entries are written beside those of pipelines, which go on meanwhile. */
export const compactionLane = 'archive-compact'

/** The chain of one lane, for its writer. After a rejection it must be opened again. */
export interface ManifestChain {
  /** Adds the entry of an object that is in the store. `replaces`: see `ManifestEntry`. Resolves with the new head of the chain. */
  append(facts: ObjectFacts & Pick<ManifestEntry, 'replaces'>, signal?: AbortSignal): Promise<ChainHead>
  /** Whether the object at this key has an entry. `notBefore`: its entry cannot be older, in milliseconds since 1970. */
  holds(key: string, notBefore: number, signal?: AbortSignal): Promise<boolean>
}

/** The clocks of Asana, the store and the writer may differ by this much. */
const mostApartMs = 86_400_000

/** Finds the end of the chain. Rejects with a fatal `manifest_broken` if an entry is missing, the newest one was changed, or `lastHead` is not in it. */
export async function openManifestChain(
  { store, lane, signingKey, clock, lastHead }: ManifestChainOptions,
  signal?: AbortSignal,
): Promise<ManifestChain> {
  let length = 0
  for await (const { key } of store.list(laneFolder(lane), signal)) {
    const sequence = readEntryKey(key)?.sequence
    if (sequence !== length + 1) throw missing(entryKey(lane, length + 1), store.place)
    length = sequence
  }
  if (lastHead) {
    const bytes = await store.read(entryKey(lane, lastHead.sequence), signal)
    if (!bytes || sha256(bytes) !== lastHead.sha256) throw takenAway(lane, lastHead.sequence, store.place)
  }
  /** The keys of the objects whose entries were read so far: all entries after `unread`. */
  const recorded = new Set<string>()
  let unread = length
  let previous: string | null = null
  if (length > 0) {
    const bytes = await store.read(entryKey(lane, length), signal)
    if (!bytes || !readEntry(bytes)) throw missing(entryKey(lane, length), store.place)
    previous = sha256(bytes)
  }

  async function readBack(signal?: AbortSignal): Promise<ManifestEntry> {
    const key = entryKey(lane, unread)
    const bytes = await store.read(key, signal)
    const entry = bytes && readEntry(bytes)
    if (!entry) throw missing(key, store.place)
    recorded.add(entry.key)
    unread -= 1
    return entry
  }

  return {
    async append(facts, signal) {
      const sequence = length + 1
      const written_at = new Date(clock.now()).toISOString()
      const bytes = entryBytes({ ...facts, version: 1, lane, sequence, previous, written_at }, signingKey)
      const key = entryKey(lane, sequence)
      const outcome = await store.create(key, bytes, signal)
      // An earlier attempt, whose answer was lost, may have written it.
      const stored = outcome === 'exists' ? await store.read(key, signal) : bytes
      if (!stored) throw inTheWay(key, store.place)
      const entry = readEntry(stored)
      if (entry?.key !== facts.key || entry.sha256 !== facts.sha256)
        throw anotherWriter(key, lane, store.place)
      length = sequence
      previous = sha256(stored)
      recorded.add(facts.key)
      return { lane, sequence, sha256: previous }
    },
    async holds(key, notBefore, signal) {
      while (!recorded.has(key) && unread > 0) {
        const { written_at } = await readBack(signal)
        if (Date.parse(written_at) < notBefore - mostApartMs) break
      }
      return recorded.has(key)
    },
  }
}

function missing(key: string, place: string): Fault {
  const message = `The manifest of ${place} is broken: ${key} is missing or was changed. Nothing is written until it is back. Run asana-audit archive verify, and take the entry back from a copy, or archive to a new place.`
  return fault({ fault: 'fatal', code: 'manifest_broken', message })
}

function inTheWay(key: string, place: string): Fault {
  const message = `The place of the next entry of ${place}, ${key}, is taken by something that cannot be read, so nothing is written. Run asana-audit archive verify, which names what is not a file. See who put it there, and move it away.`
  return fault({ fault: 'fatal', code: 'manifest_broken', message })
}

function takenAway(lane: string, sequence: number, place: string): Fault {
  const message = `The manifest of ${place} has lost ${entryKey(lane, sequence)} as this pipeline wrote it: it was taken away or written anew, perhaps with objects. Nothing is written until it is back. Run asana-audit archive verify, and take what is missing back from a copy, or archive to a new place.`
  return fault({ fault: 'fatal', code: 'manifest_broken', message })
}

function anotherWriter(key: string, lane: string, place: string): Fault {
  const message =
    lane === compactionLane
      ? `Another archive compact joins objects of ${place} now: it has just written ${key}. Nothing was overwritten, and no event is lost. Wait until the other one has ended, then run this one again: it finishes what is left. Let a timer start only one of them at a time.`
      : `Another process has just written ${key} of ${place}: it runs a pipeline with the same name. Stop one of the two, or let it write to another place. Nothing was overwritten.`
  return fault({ fault: 'fatal', code: 'another_writer', message })
}

import { toJsonText } from '@asana-audit/schema/lossless'
import type { ArchiveFormat, ObjectForm } from '../formats/object-form.ts'
import { dayFolder, isJoinedKey } from '../layout/object-key.ts'
import type { ManifestChain } from '../manifest/manifest-chain.ts'
import type { ManifestEntry } from '../manifest/manifest-entry.ts'
import { replacedBy } from '../manifest/replaced-by.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { verifyObject } from '../verify/verify-object.ts'
import { damagedObject } from './compaction-faults.ts'
import {
  finishJoin,
  type Group,
  groupOf,
  type Joining,
  joinObjects,
  type Loaded,
  removeReplaced,
} from './join-objects.ts'

export interface JoinedObject {
  readonly key: string
  readonly events: number
  /** The keys of the objects it is made of, in order. */
  readonly replaces: readonly string[]
}

export interface CompactedDay {
  /** UTC, such as `2026-03-10`. */
  readonly day: string
  /** The objects of one format are joined at a time. */
  readonly format: ArchiveFormat
  /** The joined objects that were made now; with `dryRun` those that would be made. */
  readonly joined: readonly JoinedObject[]
  /** Keys of objects that were removed now, also those that a killed call left. */
  readonly removed: readonly string[]
}

export interface CompactDayOptions {
  readonly store: ObjectStore
  readonly day: string
  /** A record. Its objects may be compressed in another way. */
  readonly form: ObjectForm
  /** The entries of all objects of this day and form. */
  readonly entries: readonly ManifestEntry[]
  /** Undefined: nothing is written or removed. */
  readonly chain: ManifestChain | undefined
  readonly keepOriginals: boolean
  readonly signal: AbortSignal | undefined
}

/** A joined object is at most so large before compression, so that a reader can hold it. */
const mostRows = 50_000
const mostBytes = 64 * 2 ** 20

/** Finishes what an earlier call left, then joins objects that follow each other. */
export async function compactDay(options: CompactDayOptions): Promise<CompactedDay> {
  const { store, day, form, chain, keepOriginals, signal } = options
  const present = new Set<string>()
  for await (const { key } of store.list(dayFolder(form, day), signal)) present.add(key)
  const entries = new Map(options.entries.map((entry) => [entry.key, entry]))
  const joined: JoinedObject[] = []
  const removed: string[] = []
  const entriesOf = (key: string): readonly ManifestEntry[] => [entries.get(key) ?? []].flat()
  const joining = chain && { store, chain, entriesOf, signal }

  async function note(entry: ManifestEntry, by: Joining): Promise<void> {
    entries.set(entry.key, entry)
    joined.push({ key: entry.key, events: entry.rows, replaces: entry.replaces ?? [] })
    if (!keepOriginals) removed.push(...(await removeReplaced(entry, by)))
  }

  async function finish(key: string, by: Joining): Promise<void> {
    const entry = entries.get(key)
    const finished = entry ? undefined : await finishJoin(key, liveOf(present, entries), by)
    if (finished) await note(finished, by)
    else if (!keepOriginals && entry?.replaces?.some((one) => present.has(one)))
      removed.push(...(await removeReplaced(entry, by)))
  }

  if (joining) for (const key of joinedInOrder(present, entries)) await finish(key, joining)
  for await (const group of groups(store, liveOf(present, entries), signal)) {
    const { key, events, replaces } = group
    if (joining) await note(await joinObjects(group, joining), joining)
    else joined.push({ key, events, replaces })
  }
  return { day, format: form.format, joined, removed }
}

/**
 * The joined objects in the order of their entries; those without an entry come last. So if an object was joined again, the objects that it
 * replaced are removed before it.
 */
function joinedInOrder(
  present: ReadonlySet<string>,
  entries: ReadonlyMap<string, ManifestEntry>,
): readonly string[] {
  const place = (key: string): number => entries.get(key)?.sequence ?? Number.MAX_SAFE_INTEGER
  return [...present].filter(isJoinedKey).sort((one, other) => place(one) - place(other))
}

/** Objects that are there and recorded, and that no other replaces, in the order of their keys. */
function liveOf(
  present: ReadonlySet<string>,
  entries: ReadonlyMap<string, ManifestEntry>,
): readonly ManifestEntry[] {
  const replaced = replacedBy([...entries.values()])
  return [...present].sort().flatMap((key) => (replaced.has(key) ? [] : (entries.get(key) ?? [])))
}

/** Groups of at least two objects that follow each other and fit into one. Objects that do not fit now do not fit next time either. */
async function* groups(
  store: ObjectStore,
  live: readonly ManifestEntry[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Group> {
  let group: Loaded[] = []
  let rows = 0
  let size = 0
  for (const [index, entry] of live.entries()) {
    signal?.throwIfAborted()
    // An object that fits with no neighbour is not read: objects of old days may be in an archive class, where they cannot be read.
    if (!fit(live[index - 1], entry) && !fit(entry, live[index + 1])) {
      yield* joinable(group)
      ;[group, rows, size] = [[], 0, 0]
      continue
    }
    const text = await linesOf(entry, store, signal)
    // A character of Japanese has three bytes.
    const bytes = Buffer.byteLength(text)
    if (rows + entry.rows > mostRows || size + bytes > mostBytes) {
      yield* joinable(group)
      ;[group, rows, size] = [[], 0, 0]
    }
    group.push({ entry, text })
    rows += entry.rows
    size += bytes
  }
  yield* joinable(group)
}

/** Whether both objects exist and have few enough rows for one object. */
function fit(one: ManifestEntry | undefined, other: ManifestEntry | undefined): boolean {
  return one !== undefined && other !== undefined && one.rows + other.rows <= mostRows
}

function joinable([first, ...others]: readonly Loaded[]): Group[] {
  return first && others.length > 0 ? [groupOf([first, ...others])] : []
}

/** An event a line, whatever the format. Rejects with a fatal `damaged_object` if the object is not as its entry says. */
async function linesOf(
  entry: ManifestEntry,
  store: ObjectStore,
  signal: AbortSignal | undefined,
): Promise<string> {
  const bytes = await store.read(entry.key, signal)
  const { problem, events } = await verifyObject(entry, bytes, () => undefined)
  if (problem) throw damagedObject(problem.message)
  return events.map((event) => `${toJsonText(event)}\n`).join('')
}

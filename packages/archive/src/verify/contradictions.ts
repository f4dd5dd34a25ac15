import { rawEventTime } from '@asana-audit/schema/lossless'
import { readKey } from '../layout/object-key.ts'
import { entryKey, type ManifestEntry } from '../manifest/manifest-entry.ts'
import { replacedBy } from '../manifest/replaced-by.ts'
import { objectFacts } from '../objects/object-facts.ts'
import { readObject } from '../objects/read-object.ts'
import { sha256 } from '../sha256.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { ArchiveProblem } from './archive-problem.ts'
import { readAll } from './read-all.ts'

/** Two entries that record one object with different events, the earlier one first. */
type Pair = readonly [ManifestEntry, ManifestEntry]

/** Each entry that tells of other events than an earlier one of the same object. */
export function contradicting(entries: readonly ManifestEntry[]): readonly Pair[] {
  const first = new Map<string, ManifestEntry>()
  return entries.flatMap((entry) => {
    const other = first.get(entry.key) ?? entry
    first.set(entry.key, other)
    return holdsSame(other, entry) ? [] : [[other, entry] as const]
  })
}

export interface ContradictionsOptions {
  readonly store: ObjectStore
  readonly entries: readonly ManifestEntry[]
  /** All entries of their days. */
  readonly among: readonly ManifestEntry[]
  readonly signal: AbortSignal | undefined
}

export interface Contradictions {
  readonly problems: readonly ArchiveProblem[]
  /** Entries whose object is gone and whose events are in other objects: proved, and not to be compared any more. */
  readonly superseded: ReadonlySet<ManifestEntry>
}

/**
 * What such pairs mean. An object never changes, so somebody changed it and recorded it anew, or it was lost and came again with other
 * borders. In the second case its events are in other objects now: if the archive holds exactly them, by the digests of both entries,
 * nothing is lost or changed, and it is no problem.
 */
export async function contradictions(options: ContradictionsOptions): Promise<Contradictions> {
  const { store, entries, among, signal } = options
  const asked = new Set(entries)
  const problems: ArchiveProblem[] = []
  const superseded = new Set<ManifestEntry>()
  for (const pair of contradicting(among)) {
    if (!pair.some((entry) => asked.has(entry))) continue
    let isHeld = true
    for (const entry of pair) isHeld &&= await isHeldNow(entry, options)
    if (!isHeld) {
      problems.push(recordedTwice(...pair))
      continue
    }
    const [one, other] = pair
    const bytes = await store.read(one.key, signal)
    superseded.add(bytes && sha256(bytes) === one.sha256 ? other : one)
  }
  return { problems, superseded }
}

/** Whether the events of the archive between the first and the last time of an entry are exactly those that it tells of. */
async function isHeldNow(
  entry: ManifestEntry,
  { store, among, signal }: ContradictionsOptions,
): Promise<boolean> {
  const { key, format, first, last } = entry
  const day = readKey(key)?.day
  const [from, until] = [Date.parse(first), Date.parse(last)]
  const replaced = replacedBy(among)
  const keys = among
    .filter((one) => one.format === format && readKey(one.key)?.day === day && !replaced.has(one.key))
    .filter((one) => Date.parse(one.first) <= until && Date.parse(one.last) >= from)
    .map((one) => one.key)
  const held = []
  for await (const [of, bytes] of readAll(store, [...new Set(keys)].sort(), signal)) {
    const events = bytes ? await readObject(of, bytes).catch(() => []) : []
    for (const event of events) {
      const at = rawEventTime(event)
      if (at !== undefined && at >= from && at <= until) held.push(event)
    }
  }
  return held.length > 0 && holdsSame(objectFacts(key, format, held, new Uint8Array()), entry)
}

function holdsSame(
  one: Pick<ManifestEntry, 'ids_sha256' | 'content_sha256'>,
  other: Pick<ManifestEntry, 'ids_sha256' | 'content_sha256'>,
): boolean {
  return one.ids_sha256 === other.ids_sha256 && one.content_sha256 === other.content_sha256
}

function recordedTwice(one: ManifestEntry, other: ManifestEntry): ArchiveProblem {
  const [first, second] = [one, other].map(({ lane, sequence }) => entryKey(lane, sequence))
  const message = `Two entries record ${one.key} with different events: ${first} and ${second}. It was changed, or lost and written anew. Compare the object and both entries with a copy.`
  return { code: 'recorded_twice', key: one.key, message }
}

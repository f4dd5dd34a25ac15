import { entryKey, type ManifestEntry } from '../manifest/manifest-entry.ts'
import { sha256 } from '../sha256.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { ArchiveProblem } from './archive-problem.ts'
import { holdsSame, isHeldNow } from './held-now.ts'

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

function recordedTwice(one: ManifestEntry, other: ManifestEntry): ArchiveProblem {
  const [first, second] = [one, other].map(({ lane, sequence }) => entryKey(lane, sequence))
  const message = `Two entries record ${one.key} with different events: ${first} and ${second}. It was changed, or lost and written anew. Compare the object and both entries with a copy.`
  return { code: 'recorded_twice', key: one.key, message }
}

import type { ManifestEntry } from '../manifest/manifest-entry.ts'
import { replacedBy } from '../manifest/replaced-by.ts'
import { type ObjectFormat, objectFormats } from './object-formats.ts'

/** An object that is to be read. Times are milliseconds since 1970. */
export interface PlannedObject {
  readonly entry: ManifestEntry
  readonly format: ObjectFormat
  readonly first: number
  readonly last: number
  /** What was given before: all of it, or what comes up to this event. Left out: nothing. */
  readonly given?: 'all' | { readonly upTo: string } | undefined
}

export interface ReadingPlan {
  /** In the order of their first events. */
  readonly objects: readonly PlannedObject[]
  /** Objects whose events are in no object that can be read, as far as the manifest says. */
  readonly unreadable: readonly ManifestEntry[]
  /** Whether an event may be in two of the objects, in two formats. */
  readonly isMixed: boolean
}

/**
 * Which objects to read so that every event comes: not those that were joined into another one, and of two formats only one where the
 * manifest shows that they hold the same.
 */
export function readingPlan(entries: readonly ManifestEntry[]): ReadingPlan {
  const replaced = replacedBy(entries)
  const objects: PlannedObject[] = []
  // By their gids: an object comes once, also if two pipelines recorded it, and not from a second format if it was joined in the first.
  const covered = new Set<string>()
  for (const format of objectFormats) {
    for (const entry of entries) {
      if (!entry.key.startsWith(format.folder) || covered.has(entry.ids_sha256)) continue
      covered.add(entry.ids_sha256)
      if (replaced.has(entry.key)) continue
      objects.push({ entry, format, first: Date.parse(entry.first), last: Date.parse(entry.last) })
    }
  }
  const isReadable = ({ key }: ManifestEntry): boolean =>
    objectFormats.some(({ folder }) => key.startsWith(folder))
  const days = new Set(objects.map(({ entry }) => dayIn(entry)))
  return {
    objects: objects.sort(inTime),
    unreadable: entries.filter((entry) => !isReadable(entry) && !days.has(dayIn(entry))),
    isMixed: new Set(objects.map(({ format }) => format)).size > 1,
  }
}

function inTime(one: PlannedObject, other: PlannedObject): number {
  return one.first - other.first || (one.entry.key < other.entry.key ? -1 : 1)
}

/** An object holds events of one UTC day. */
function dayIn({ first }: ManifestEntry): string {
  return first.split('T', 1)[0]!
}

import { laneFolder, type ManifestEntry } from '../manifest/manifest-entry.ts'
import type { ArchivePosition, ChainHeads } from './archive-position.ts'
import { type PlannedObject, type ReadingPlan, readingPlan } from './reading-plan.ts'

/**
 * What is left to give between two states of a manifest, from a position on. Objects may be joined meanwhile: then a joined one takes their
 * place. Of an object that was joined from given and new ones, all is given: an event may then come again, and none is left out.
 */
export function roundPlan(
  entries: readonly ManifestEntry[],
  { after, last }: ArchivePosition,
  upTo: ChainHeads,
): ReadingPlan {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]))
  const known = new Set<ManifestEntry>()
  for (const entry of entries) if (isWithin(entry, upTo)) known.add(entry)
  // A joined object may have been joined again.
  for (let before = -1; before !== known.size; ) {
    before = known.size
    for (const entry of entries) if (replacedIn(entry, byKey).some((one) => known.has(one))) known.add(entry)
  }
  const plan = readingPlan([...known])
  const left = plan.objects.flatMap((object): PlannedObject[] => {
    if (isGiven(object.entry, after, byKey)) return plan.isMixed ? [{ ...object, given: 'all' }] : []
    return last ? resumed(object, last, byKey, plan.isMixed) : [object]
  })
  const unreadable = plan.unreadable.filter((entry) => !isGiven(entry, after, byKey))
  return { ...plan, objects: withoutUseless(left), unreadable }
}

function isWithin({ lane, sequence }: ManifestEntry, heads: ChainHeads): boolean {
  const head = heads[laneFolder(lane)]
  return head !== undefined && sequence <= head.sequence
}

function replacedIn(entry: ManifestEntry, byKey: ReadonlyMap<string, ManifestEntry>): ManifestEntry[] {
  // An object without an entry here is of another time.
  return (entry.replaces ?? []).flatMap((key) => byKey.get(key) ?? [])
}

function isGiven(
  entry: ManifestEntry,
  after: ChainHeads,
  byKey: ReadonlyMap<string, ManifestEntry>,
): boolean {
  if (isWithin(entry, after)) return true
  const parts = replacedIn(entry, byKey)
  return parts.length > 0 && parts.every((part) => isGiven(part, after, byKey))
}

/**
 * The object as it is read from a position on; nothing if all of it came before. Objects are given in the order of their earliest events, and
 * joined in that of their keys, which have the time of the first one. So a part that comes before the last one in a joined object may not have been given.
 */
function resumed(
  object: PlannedObject,
  last: NonNullable<ArchivePosition['last']>,
  byKey: ReadonlyMap<string, ManifestEntry>,
  isMixed: boolean,
): PlannedObject[] {
  // Reading may have stopped in the middle of a joined object, too.
  if (object.entry.key === last.key) return [{ ...object, given: { upTo: last.gid } }]
  const parts = partsOf(object.entry, byKey)
  const isLater = (part: ManifestEntry): boolean => {
    const order = Date.parse(part.first) - Date.parse(last.first)
    return order > 0 || (order === 0 && part.key > last.key)
  }
  const at = parts.findIndex(({ key }) => key === last.key)
  if (at >= 0 && !parts.slice(0, at).some(isLater)) return [{ ...object, given: { upTo: last.gid } }]
  if (parts.some(isLater)) return [object]
  return isMixed ? [{ ...object, given: 'all' }] : []
}

/** An object as it was written first, or those that were joined to it. */
function partsOf(entry: ManifestEntry, byKey: ReadonlyMap<string, ManifestEntry>): ManifestEntry[] {
  const replaced = replacedIn(entry, byKey)
  return replaced.length === 0 ? [entry] : replaced.flatMap((one) => partsOf(one, byKey))
}

/** What was given before is read again only where its events may come again from another format. */
function withoutUseless(objects: readonly PlannedObject[]): PlannedObject[] {
  const from = objects.reduce(
    (least, { given, first }) => (given === 'all' ? least : Math.min(least, first)),
    Number.POSITIVE_INFINITY,
  )
  return objects.filter(({ given, last }) => given !== 'all' || last >= from)
}

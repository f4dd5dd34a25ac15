import { entryKey, type ManifestEntry } from '../manifest/manifest-entry.ts'
import type { ArchiveProblem } from './archive-problem.ts'

/**
 * A problem for each entry that tells of other events than an earlier one of the same object. An object never changes, so somebody
 * changed it and recorded it anew, or it was lost and came again with other borders.
 */
export function contradictions(entries: readonly ManifestEntry[]): ArchiveProblem[] {
  const first = new Map<string, ManifestEntry>()
  const problems: ArchiveProblem[] = []
  for (const entry of entries) {
    const other = first.get(entry.key) ?? entry
    first.set(entry.key, other)
    if (other.ids_sha256 === entry.ids_sha256 && other.content_sha256 === entry.content_sha256) continue
    const [one, two] = [other, entry].map(({ lane, sequence }) => entryKey(lane, sequence))
    const message = `Two entries record ${entry.key} with different events: ${one} and ${two}. It was changed, or lost and written anew. Compare the object and both entries with a copy.`
    problems.push({ code: 'recorded_twice', key: entry.key, message })
  }
  return problems
}

import type { ManifestEntry } from './manifest-entry.ts'

/**
 * By the key of an object that was joined with others: the entry of the joined object. Who reads the archive leaves such an object out
 * if it is still there.
 */
export function replacedBy(entries: readonly ManifestEntry[]): ReadonlyMap<string, ManifestEntry> {
  return new Map(entries.flatMap((entry) => (entry.replaces ?? []).map((key) => [key, entry] as const)))
}

import type { ManifestEntry } from './manifest-entry.ts'

/**
 * For the key of each object that was joined with others, the entry of the joined object. A reader leaves such an object out if it is still
 * there. Only a forger writes entries that replace each other in a ring. In such a ring no object counts as replaced, so each must be there
 * itself.
 */
export function replacedBy(entries: readonly ManifestEntry[]): ReadonlyMap<string, ManifestEntry> {
  const named = new Map(
    entries.flatMap((entry) => (entry.replaces ?? []).map((key) => [key, entry] as const)),
  )
  const ends = new Map<string, boolean>()
  /** Whether the joined objects after this one end in one that nothing replaces. */
  function isHeld(start: string): boolean {
    const walked = new Set<string>()
    let key = start
    for (let next = named.get(key); next && !ends.has(key) && !walked.has(key); next = named.get(key)) {
      walked.add(key)
      key = next.key
    }
    const held = ends.get(key) ?? !walked.has(key)
    for (const one of walked) ends.set(one, held)
    return held
  }
  return new Map([...named].filter(([key]) => isHeld(key)))
}

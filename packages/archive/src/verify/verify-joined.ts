import type { Identified } from '@asana-audit/core'
import type { ManifestEntry } from '../manifest/manifest-entry.ts'
import { objectFacts } from '../objects/object-facts.ts'

/**
 * Whether a joined object holds all that it replaces: the events of one object after the other, each with the digests of its own entry.
 * So the entry of an object that was removed is still proved. Undefined if it does; else the key of the first object that it does not hold.
 */
export function notHeld(
  events: readonly Identified[],
  replaces: readonly string[],
  entryOf: (key: string) => ManifestEntry | undefined,
): string | undefined {
  let from = 0
  for (const key of replaces) {
    const entry = entryOf(key)
    if (!entry) return key
    const part = events.slice(from, from + entry.rows)
    const { ids_sha256, content_sha256 } = objectFacts(key, entry.format, part, new Uint8Array())
    if (ids_sha256 !== entry.ids_sha256 || content_sha256 !== entry.content_sha256) return key
    from += entry.rows
  }
  return from === events.length ? undefined : replaces.at(-1)
}

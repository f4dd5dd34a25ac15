import type { Identified } from '@asana-audit/core'
import type { ManifestEntry } from '../manifest/manifest-entry.ts'
import { objectFacts } from '../objects/object-facts.ts'

/**
 * Whether a joined object holds all that it replaces: the events of one object after the other, each with the digests of its own entry.
 * So the entry of an object that was removed is still proved, also of one that was joined twice. `entriesOf`: what the manifest records of
 * an object, since a forged entry may stand beside the real one. Undefined if it does; else the key of the first object that it does not
 * hold.
 */
export function notHeld(
  events: readonly Identified[],
  replaces: readonly string[],
  entriesOf: (key: string) => readonly ManifestEntry[],
): string | undefined {
  let from = 0
  for (const key of replaces) {
    const entries = entriesOf(key)
    const [entry] = entries
    if (!entry) return key
    const part = events.slice(from, from + entry.rows)
    const { ids_sha256, content_sha256 } = objectFacts(key, entry.format, part, new Uint8Array())
    if (ids_sha256 !== entry.ids_sha256 || content_sha256 !== entry.content_sha256) return key
    const lacking = lacks(part, entries, entriesOf)
    if (lacking !== undefined) return lacking
    from += entry.rows
  }
  return from === events.length ? undefined : replaces.at(-1)
}

/** Calls `notHeld` for each entry of an object. Each entry replaces at least two objects, so the parts become smaller, and this ends. */
export function lacks(
  events: readonly Identified[],
  entries: readonly ManifestEntry[],
  entriesOf: (key: string) => readonly ManifestEntry[],
): string | undefined {
  for (const { replaces } of entries) {
    const lacking = replaces && notHeld(events, replaces, entriesOf)
    if (lacking !== undefined) return lacking
  }
  return undefined
}

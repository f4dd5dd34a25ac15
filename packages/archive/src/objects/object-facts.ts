import type { Identified } from '@asana-audit/core'
import { canonicalJson, millisAt } from '@asana-audit/schema/lossless'
import type { ArchiveFormat } from '../formats/object-form.ts'
import { sha256 } from '../sha256.ts'

/** What the manifest says about an object. Digests are hexadecimal SHA-256. */
export interface ObjectFacts {
  readonly key: string
  readonly format: ArchiveFormat
  readonly rows: number
  /** The earliest and the latest event, RFC 3339 in UTC. */
  readonly first: string
  readonly last: string
  /** The size of the object as it is stored; then its digest. */
  readonly bytes: number
  readonly sha256: string
  /** The digest of the gids in the order of their bytes, each with a line feed. */
  readonly ids_sha256: string
  /** The digest of the digests of all events in their canonical form (RFC 8785), in order and each with a line feed. */
  readonly content_sha256: string
}

export function digestOf(event: object): string {
  return sha256(canonicalJson(event))
}

/** Neither digest of the events depends on their order, so a mere change of order can be told from a change of content. */
export function objectFacts(
  key: string,
  format: ArchiveFormat,
  events: readonly Identified[],
  stored: Uint8Array,
): ObjectFacts {
  const times = events.map((event) => millisAt(event.created_at))
  return {
    ...{ key, format },
    rows: events.length,
    first: new Date(times.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY)).toISOString(),
    last: new Date(times.reduce((most, at) => Math.max(most, at), Number.NEGATIVE_INFINITY)).toISOString(),
    bytes: stored.length,
    sha256: sha256(stored),
    ids_sha256: idsDigest(events),
    content_sha256: contentDigest(events),
  }
}

/** `ids_sha256` of these events. */
export function idsDigest(events: readonly Identified[]): string {
  const ids = events.map(({ gid }) => Buffer.from(gid)).sort(Buffer.compare)
  return sha256(linesOf(ids.map(String)))
}

/** `content_sha256` of these events. */
export function contentDigest(events: readonly object[]): string {
  return sha256(linesOf(events.map(digestOf).sort()))
}

function linesOf(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('')
}

import { createHash } from 'node:crypto'
import { toJsonText } from '@asana-audit/schema/lossless'

/** The gid of something that is not an event, if it has one. */
export function gidOf(raw: unknown): string | undefined {
  const gid = (raw as { gid?: unknown } | null)?.gid
  return typeof gid === 'string' && gid !== '' ? gid : undefined
}

/** The id by which we remember what is not an event. Without a gid it is a hash of the content, so that a re-read does not quarantine it again. */
export function malformedId(raw: unknown): string {
  return gidOf(raw) ?? `content ${createHash('sha256').update(toJsonText(raw)).digest('base64url')}`
}

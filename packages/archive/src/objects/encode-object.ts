import type { Identified } from '@asana-audit/core'
import { millisAt, toJsonText } from '@asana-audit/schema/lossless'
import { type Compression, compress } from '../compression.ts'
import { objectKey } from '../layout/object-key.ts'
import { type ObjectFacts, objectFacts } from './object-facts.ts'

export interface EncodedObject {
  readonly bytes: Uint8Array
  readonly facts: ObjectFacts
}

/** Events of one UTC day, in order and at least one, as one event a line. */
export async function encodeObject(
  events: readonly [Identified, ...Identified[]],
  compression: Compression,
): Promise<EncodedObject> {
  const lines = events.map((event) => `${toJsonText(event)}\n`).join('')
  const bytes = await compress(Buffer.from(lines), compression)
  const [{ gid, created_at }] = events
  const key = objectKey(gid, millisAt(created_at), compression)
  return { bytes, facts: objectFacts(key, events, bytes) }
}

import type { Identified } from '@asana-audit/core'
import { millisAt } from '@asana-audit/schema/lossless'
import type { ObjectForm } from '../formats/object-form.ts'
import { objectKey } from '../layout/object-key.ts'
import { type ObjectFacts, objectFacts } from './object-facts.ts'

export interface EncodedObject {
  readonly bytes: Uint8Array
  readonly facts: ObjectFacts
}

/** Events of one UTC day, in order and at least one. */
export async function encodeObject(
  form: ObjectForm,
  events: readonly [Identified, ...Identified[]],
): Promise<EncodedObject> {
  const bytes = await form.encode(events)
  const [{ gid, created_at }] = events
  const key = objectKey(form, gid, millisAt(created_at))
  return { bytes, facts: objectFacts(key, form.format, events, bytes) }
}

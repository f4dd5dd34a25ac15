import { type Identified, toFault } from '@asana-audit/core'
import { readKey } from '../layout/object-key.ts'
import { type ObjectFacts, objectFacts } from '../objects/object-facts.ts'
import { decodeObject } from '../objects/read-object.ts'
import { sha256 } from '../sha256.ts'
import type { ArchiveProblem } from './archive-problem.ts'

export interface CheckedObject {
  /** The events that could be read. */
  readonly events: readonly Identified[]
  readonly problem: ArchiveProblem | undefined
}

/**
 * Compares an object with its entry. `keyOf` finds the entry whose object has a digest. `isRewritten`: another entry has another digest,
 * so this one does not prove that all columns are as they were.
 */
export async function verifyObject(
  recorded: ObjectFacts,
  bytes: Uint8Array | undefined,
  keyOf: (sha256: string) => string | undefined,
  isRewritten = false,
): Promise<CheckedObject> {
  const { key } = recorded
  const problem = (code: ArchiveProblem['code'], what: string): ArchiveProblem => ({
    ...{ code, key },
    message: `${key} ${what} Take it back from a copy; do not let it be overwritten.`,
  })
  if (!bytes) return { events: [], problem: problem('missing', 'is gone.') }
  const digest = sha256(bytes)
  const other = digest === recorded.sha256 ? undefined : keyOf(digest)
  if (other !== undefined && other !== key) {
    return { events: [], problem: problem('swapped', `has the content of ${other}.`) }
  }
  const events = await decodeObject(key, bytes).catch((error: unknown) => toFault(error))
  if (events instanceof Error) {
    return { events: [], problem: problem('damaged', `was changed and cannot be read: ${events.message}.`) }
  }
  const form = readKey(key)!.form
  const facts = objectFacts(key, form.format, events, bytes)
  const isAsStored = digest === recorded.sha256
  const follows = (isAsStored && !isRewritten) || ((await form.follows?.(bytes, events)) ?? true)
  if (!isAsStored || !follows) return { events, problem: problem(...change(recorded, facts, follows)) }
  const differs = (Object.keys(facts) as (keyof ObjectFacts)[]).find((name) => facts[name] !== recorded[name])
  if (differs === undefined) return { events, problem: undefined }
  const message = `The object ${key} is as it was stored, but its entry in the manifest has another ${differs}. The entry is wrong: compare it with a copy.`
  return { events, problem: { code: 'entry_differs', key, message } }
}

/** `follows`: whether all columns say what the events say. */
function change(
  recorded: ObjectFacts,
  found: ObjectFacts,
  follows: boolean,
): ['changed' | 'reordered', string] {
  if (found.ids_sha256 !== recorded.ids_sha256) {
    return [
      'changed',
      `was changed: it holds other events than were stored (${recorded.rows} then, ${found.rows} now).`,
    ]
  }
  if (found.content_sha256 !== recorded.content_sha256) {
    return [
      'changed',
      'was changed: it holds the events that were stored, but not all with the same content.',
    ]
  }
  if (!follows) {
    return [
      'changed',
      'was changed: its events are unchanged, but other columns do not say what the column event says.',
    ]
  }
  return ['reordered', 'was written anew: all events are unchanged, but not their order or compression.']
}

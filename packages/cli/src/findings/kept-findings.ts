import { fault } from '@asana-audit/core'
import { levels } from '@asana-audit/detections'
import * as z from 'zod'
import type { Finding } from '../progress/finding/finding.ts'

/** Who gets a finding, besides the log: the destination of the pipeline, and everyone who gets alarms. */
export const receivers = ['destination', 'alarm'] as const
export type Receiver = (typeof receivers)[number]

const text = z.string()
const finding = z.object({
  ...{ id: text, at: z.number(), message: text, gids: z.array(text), count: z.number() },
  rule: z.object({ id: text, title: text, level: z.enum(levels), tags: z.array(text) }),
  actor: z.object({ gid: text, email: text, name: text }).partial(),
  from: text.optional(),
  group: z.record(text, text),
})
const ids = z.array(text)

/** The name of the note with the ids of the last findings, oldest first, so that none is told twice. */
export const idsNote = 'finding-ids'
const startOf = (receiver: Receiver): string => `finding for ${receiver}: `

/** Each finding that waits for a receiver is a note of its own: once that is told, the note is removed, and no other changes. */
export function findingNote(receiver: Receiver, id: string): string {
  return `${startOf(receiver)}${id}`
}

export interface KeptFindings {
  readonly ids: readonly string[]
  /** What has not been taken, by receiver, oldest first. */
  readonly untold: Readonly<Record<Receiver, readonly Finding[]>>
}

/** What a pipeline must know of its findings after a restart. Throws a fatal `corrupt_state` for notes that are not ours. */
export function readFindings(notes: ReadonlyMap<string, string>): KeptFindings {
  const untold = (receiver: Receiver): readonly Finding[] =>
    [...notes]
      .filter(([name]) => name.startsWith(startOf(receiver)))
      .map(([, kept]) => finding.parse(JSON.parse(kept)) as Finding)
      .toSorted((one, other) => one.at - other.at)
  try {
    return {
      ids: ids.parse(JSON.parse(notes.get(idsNote) ?? '[]')),
      untold: { destination: untold('destination'), alarm: untold('alarm') },
    }
  } catch (cause) {
    const message =
      'The findings in the state cannot be read: another program has changed them. Put a copy of the state back.'
    throw fault({ fault: 'fatal', code: 'corrupt_state', message, cause })
  }
}

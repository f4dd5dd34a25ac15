import { archivePosition } from '@asana-audit/archive'
import { fault } from '@asana-audit/core'
import { z } from 'zod'

/** What a replay was asked for, as it was typed. A relative time means another one tomorrow, so texts are compared. */
export interface Asked {
  readonly since: string | null
  readonly until: string | null
  readonly only: readonly string[]
}

/** The cursor of a replay: its range, and how far it is in the archive. */
export interface ReplayCursor {
  readonly replay: 1
  readonly asked: Asked
  /** RFC 3339, when it was begun. */
  readonly since: string | null
  readonly until: string | null
  /** Null: nothing was read yet. */
  readonly at: string | null
}

const time = z.string().nullable()
const form: z.ZodType<ReplayCursor> = z.strictObject({
  replay: z.literal(1),
  asked: z.strictObject({ since: time, until: time, only: z.array(z.string()) }),
  ...{ since: time, until: time, at: time },
})

export function encodeReplay(cursor: ReplayCursor): string {
  return JSON.stringify(cursor)
}

export function decodeReplay(text: string): ReplayCursor {
  try {
    return form.parse(JSON.parse(text))
  } catch {
    const message = 'The saved position of the replay cannot be read. --restart begins it again.'
    throw fault({ fault: 'fatal', code: 'unknown_cursor', message })
  }
}

/** Whether the replay has delivered everything that the archive had when it ended. */
export function isFinished({ at }: ReplayCursor): boolean {
  return at !== null && archivePosition(at).upTo === undefined
}

export function isSameAsked(one: Asked, other: Asked): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

import { isDeepStrictEqual } from 'node:util'
import { parseMillis } from '@asana-audit/schema/lossless'
import * as z from 'zod'
import type { Cursor } from '../../contract.ts'
import { fault } from '../../fault.ts'
import type { AsanaPosition } from './asana-position.ts'

/** How far a time range has been read. */
export interface BackfillPosition extends AsanaPosition {
  /** The end of the window the offset was given for, RFC 3339, exclusive; undefined between windows. */
  readonly endAt?: string | undefined
  /** The end of the whole range, RFC 3339, exclusive; undefined until the first run sets it. */
  readonly until?: string | undefined
  /** Everything was read, and the end was read once more after the last moment for late events. */
  readonly settled?: boolean | undefined
}

const time = z
  .string()
  .refine((text) => parseMillis(text) !== undefined)
  .optional()
const position = z.object({
  v: z.literal(1),
  offset: z.string().min(1).optional(),
  startAt: time,
  newest: time,
  rereadUntil: time,
  settledAt: time,
  endReachedAt: time,
  begunAt: time,
  mark: z.string().optional(),
  still: z.number().optional(),
  largest: z.number().optional(),
})
const backfill = position.extend({
  v: z.literal('backfill-1'),
  endAt: time,
  until: time,
  settled: z.boolean().optional(),
})

export function encodePosition(at: AsanaPosition): Cursor {
  return JSON.stringify({ v: 1, ...at })
}

export function encodeBackfill(at: BackfillPosition): Cursor {
  return JSON.stringify({ v: 'backfill-1', ...at })
}

/** A cursor that starts reading at a time (RFC 3339). */
export function asanaCursorAt(startAt: string): Cursor {
  return encodePosition({ startAt })
}

/** A cursor of `asanaBackfill` at the start of a range. RFC 3339; without `since` from the oldest event. */
export function asanaBackfillCursor(since: string | undefined, until: string | undefined): Cursor {
  return encodeBackfill({ startAt: since, until })
}

/** Whether nothing happened between two positions but that the end was reached again: no event was read, and nothing was read again. */
export function onlyOffsetMoved(before: Cursor, after: Cursor): boolean {
  return isDeepStrictEqual(withoutEnd(before), withoutEnd(after))
}

function withoutEnd(cursor: Cursor): AsanaPosition {
  const { offset: _, endReachedAt: __, ...rest } = decodePosition(cursor)
  return rest
}

/** Throws for a cursor of another source or a later version: a guessed position could skip events. */
export function decodePosition(cursor: Cursor): AsanaPosition {
  const { v: _, ...at } = decode(position, cursor)
  return at
}

/** Decodes the position of a backfill. Throws as `decodePosition` does. */
export function decodeBackfill(cursor: Cursor): BackfillPosition {
  const { v: _, ...at } = decode(backfill, cursor)
  return at
}

function decode<T>(schema: z.ZodType<T>, cursor: Cursor): T {
  let raw: unknown
  try {
    raw = JSON.parse(cursor)
  } catch {
    raw = undefined
  }
  const parsed = schema.safeParse(raw)
  if (parsed.success) return parsed.data
  const message =
    'This version of the Asana source cannot read the stored cursor. Rewind the state to a time.'
  throw fault({ fault: 'fatal', code: 'foreign_cursor', message })
}

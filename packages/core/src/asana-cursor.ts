import { parseMillis } from '@asana-audit/schema'
import * as z from 'zod'
import type { AsanaPosition } from './asana-position.ts'
import type { Cursor } from './contract.ts'
import { fault } from './fault.ts'

const time = z.string().refine((text) => parseMillis(text) !== undefined)
const position = z.object({
  v: z.literal(1),
  offset: z.string().min(1).optional(),
  startAt: time.optional(),
  newest: time.optional(),
  rereadUntil: time.optional(),
})

export function encodePosition(at: AsanaPosition): Cursor {
  return JSON.stringify({ v: 1, ...at })
}

/** The cursor of a reader that starts at a time (RFC 3339): what a rewind puts into a state. */
export function asanaCursorAt(startAt: string): Cursor {
  return encodePosition({ startAt })
}

/** Rejects a cursor of another source or a later version: reading on from a guess could skip events. */
export function decodePosition(cursor: Cursor): AsanaPosition {
  let raw: unknown
  try {
    raw = JSON.parse(cursor)
  } catch {
    raw = undefined
  }
  const parsed = position.safeParse(raw)
  if (parsed.success) {
    const { v: _, ...at } = parsed.data
    return at
  }
  const message =
    'The stored cursor is not one of the Asana source of this version. Rewind the state to a time.'
  throw fault({ fault: 'fatal', code: 'foreign_cursor', message })
}

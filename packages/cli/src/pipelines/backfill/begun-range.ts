import { hourMs, hourOf } from '@asana-audit/core/ledger'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import { z } from 'zod'

/** The note with the time range that the last backfill of a pipeline was asked for. An export of the state has it, as its name begins with `position.`. */
export const rangeNote = 'position.backfill'

/** A time range as somebody asked for it. RFC 3339. No `since`: from the oldest event; no `until`: up to the present. */
export interface AskedRange {
  readonly since?: string | undefined
  readonly until?: string | undefined
}

const time = z.string().refine((text) => millisOf(text) !== undefined)
const form: z.ZodType<AskedRange> = z.object({ since: time.optional(), until: time.optional() })

export function rangeText({ since, until }: AskedRange): string {
  return JSON.stringify({ since, until })
}

/** Undefined if the state does not have it. */
export function readRange(text: string | undefined): AskedRange | undefined {
  if (text === undefined) return undefined
  try {
    return form.safeParse(JSON.parse(text)).data
  } catch {
    // Another program has changed the note. It only makes a message better, so this is no reason to stop.
    return undefined
  }
}

/**
 * Whether a range has hours that a finished backfill did not have. `begun`: the range that the backfill was asked for, if known. `end`: where
 * it ended. An age such as 7d means a later time every day, so a range counts as another one only if it is wider. If neither range has an
 * end, both mean the present.
 */
export function isWider(asked: AskedRange, begun: AskedRange | undefined, end: string): boolean {
  const beginsEarlier =
    asked.since !== undefined &&
    begun?.since !== undefined &&
    hourOf(millisAt(asked.since)) < hourOf(millisAt(begun.since))
  const endsLater = asked.until !== undefined && hourAfter(asked.until) > hourAfter(begun?.until ?? end)
  return beginsEarlier || endsLater
}

/** A backfill reads whole hours. */
function hourAfter(time: string): number {
  return hourOf(millisAt(time) + hourMs - 1)
}

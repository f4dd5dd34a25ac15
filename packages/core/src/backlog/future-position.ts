import { millisAt } from '@asana-audit/schema/lossless'
import { systemClock } from '../clock.ts'
import { isAfter } from '../event-time.ts'
import { fault } from '../fault.ts'
import type { RetryPolicy } from '../retry.ts'
import { checkTimes } from '../source/check-times.ts'
import { decodeBackfill, decodePosition } from '../source/position/asana-cursor.ts'
import type { AsanaSourceOptions } from '../source/source-options.ts'
import { asanaNow } from './asana-now.ts'
import type { LaneCursors } from './backlog.ts'

/**
 * The start of a pipeline, RFC 3339, if that is later than `now` (milliseconds since 1970). The cause is a mistyped year: a position
 * made by reading is never later than Asana's clock. Throws `foreign_cursor`.
 */
export function futureStart({ backlog, live }: LaneCursors, now: number): string | undefined {
  const before = backlog === undefined ? undefined : decodeBackfill(backlog)
  const at = live === undefined ? before : decodePosition(live)
  if (at?.startAt === undefined || at.newest !== undefined) return undefined
  // The backlog reads everything before it, so nothing is left out, even with a wrong clock.
  if (before?.until !== undefined && !isAfter(at.startAt, before.until)) return undefined
  return millisAt(at.startAt) > now ? at.startAt : undefined
}

/**
 * Throws if a pipeline would begin in the future and deliver nothing until then: `bad_time` for the `since` of a first start,
 * `position_in_future` for a stored position. Asks for Asana's time first, as our clock may be slow.
 */
export async function checkStart(
  cursors: LaneCursors,
  source: AsanaSourceOptions,
  retryPolicy: Omit<RetryPolicy, 'part'>,
): Promise<void> {
  const { clock = systemClock } = source
  if (cursors.backlog === undefined && cursors.live === undefined) checkTimes(source, clock.now())
  if (futureStart(cursors, clock.now()) === undefined) return
  const startAt = futureStart(cursors, await asanaNow(source, retryPolicy))
  if (startAt === undefined) return
  const message =
    `The stored position begins in the future, at ${startAt}: no event that happens before that time is delivered. ` +
    'Rewind it to a time that has passed, for example with: asana-audit state rewind --to 90d.'
  throw fault({ fault: 'fatal', code: 'position_in_future', message })
}

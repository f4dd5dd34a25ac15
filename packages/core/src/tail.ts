import { type AuditLogEvent, parseMillis } from '@asana-audit/schema'
import { type AsanaPosition, following, healed, isReread, mostHealings } from './asana-position.ts'
import type { AsanaSourceOptions } from './asana-source.ts'
import type { Clock } from './clock.ts'
import type { Batch, Cursor, OnFact } from './contract.ts'
import { isOffsetRefused, type PageReader, type ReadPage } from './page-reader.ts'
import { retentionMs } from './retention.ts'
import { settledWindow } from './settled-window.ts'

export interface TailOptions
  extends Pick<AsanaSourceOptions, 'once' | 'pollMs' | 'overlapMs' | 'settled' | 'onEvent' | 'until'> {
  readonly reader: PageReader
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
  readonly at: AsanaPosition
  /** Read by an earlier process: what Asana deleted meanwhile is reported. */
  readonly resumed: boolean
  /** RFC 3339: nothing before it is read again. Default: where the position started. */
  readonly floor?: string | undefined
  readonly encode: (at: AsanaPosition) => Cursor
}

/**
 * Reads on from a position, page after page, and asks again once there is nothing more: "caught up" is an empty page, since
 * after the first match Asana sends a `next_page` for ever, and every answer moves the offset. Ends with `once`, or when
 * `until` lies the settled window behind what Asana's clock has passed for certain, which it returns: events may come as late as that.
 *
 * What lies behind is read again when that is due, before anything new is given out: the ids of what is behind are still known then,
 * however long nothing was read.
 */
export async function* tail(options: TailOptions): AsyncGenerator<Batch<AuditLogEvent>, number> {
  const { reader, clock, signal, until, once, onEvent, encode, floor } = options
  const { pollMs = 10_000, overlapMs = 3_600_000 } = options
  const { windowMs = 2_700_000, everyMs = 900_000 } = options.settled || {}
  const end = until === undefined ? Number.POSITIVE_INFINITY : (parseMillis(until) ?? 0)
  let { at, resumed } = options
  /** Since an offset was last good, or nothing was left to read: healing again and again gets nowhere. */
  let healings = 0
  let idleSince: string | undefined

  async function* readAgain(serverNow: number): AsyncGenerator<Batch<AuditLogEvent>> {
    const from = lateFrom(at, Math.min(serverNow, end), windowMs)
    // The tail may meet what is found now, in this run or the next, so what it reads up to here is compared as well.
    at = { ...at, rereadUntil: at.newest }
    const window = behind(at, from, floor ?? at.begunAt ?? at.startAt)
    if (window) yield* settledWindow(reader, { ...window, cursor: encode(at) })
    at = { ...at, settledAt: new Date(serverNow).toISOString() }
  }

  for (;;) {
    let page: ReadPage
    try {
      page = await reader.read(at, until)
    } catch (error) {
      if (!isOffsetRefused(error) || healings === mostHealings) throw error
      healings += 1
      at = healed(at, Math.max(overlapMs, options.settled === false ? 0 : windowMs))
      onEvent?.({ type: 'healed', reason: error.message, restartAt: at.startAt })
      continue
    }
    const { events, refused, bytes, isEmpty, offset, serverNow, surelyPast } = page
    if (resumed) reportLoss(at.newest, serverNow, onEvent)
    resumed = false
    if (at.offset !== undefined || isEmpty) healings = 0
    // A clock that was ahead then, ours where Asana tells no time, is no reason to wait until it is caught up with.
    const passedMs = Math.abs(serverNow - (millis(at.settledAt) ?? serverNow))
    if (options.settled !== false && passedMs >= everyMs) yield* readAgain(serverNow)
    const inReread = isReread(at, page)
    const next = following(at, page)
    const moved = !isEmpty && !(offset === undefined && next.startAt === at.startAt)
    at = next
    // Before that nothing is recent enough for anything to come late.
    if (at.settledAt === undefined && (isEmpty || (millis(at.newest) ?? 0) > serverNow - windowMs)) {
      at = { ...at, settledAt: new Date(serverNow).toISOString() }
    }
    yield { events, refused, cursor: encode(at), bytes, ...(inReread && { reread: 'healing' }) }
    if (moved) {
      idleSince = undefined
      continue
    }
    const over = once || surelyPast >= end + (options.settled === false ? 0 : windowMs)
    if (options.settled !== false && over) yield* readAgain(serverNow)
    if (over) return surelyPast
    idleSince ??= new Date(clock.now()).toISOString()
    onEvent?.({ type: 'idle', since: idleSince, newestAt: at.newest })
    await clock.sleep(pollMs, signal)
  }
}

/** Since the last look an event may have come that is as late as the window is long. */
function lateFrom({ settledAt }: AsanaPosition, now: number, windowMs: number): number {
  return Math.min(now, millis(settledAt) ?? now) - windowMs
}

function millis(time: string | undefined): number | undefined {
  return time === undefined ? undefined : parseMillis(time)
}

/**
 * What is newer than `settled` and behind the tail, if anything: what is newer than its newest event, and not before where it
 * started, is the tail's own.
 */
function behind(
  { newest, startAt }: AsanaPosition,
  settled: number,
  floor: string | undefined,
): { readonly from: number; readonly until: number } | undefined {
  const from = Math.max(settled, parseMillis(floor ?? '') ?? 0)
  const read = newest === undefined ? 0 : (parseMillis(newest) ?? 0) + 1
  const until = Math.max(read, parseMillis(startAt ?? '') ?? 0)
  return until > from ? { from, until } : undefined
}

/** Tells when a position is older than Asana keeps events. */
export function reportLoss(newest: string | undefined, serverNow: number, onEvent: OnFact | undefined): void {
  const kept = serverNow - retentionMs
  if (newest === undefined || (parseMillis(newest) ?? 0) >= kept) return
  onEvent?.({ type: 'possible_loss', from: newest, until: new Date(kept).toISOString() })
}

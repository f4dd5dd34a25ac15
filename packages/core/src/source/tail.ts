import type { AuditLogEvent } from '@asana-audit/schema'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import { retentionMs } from '../asana/retention.ts'
import type { Batch, Cursor } from '../contract.ts'
import type { OnFact } from '../fact.ts'
import { type AsanaPosition, beforeAll, following, isLast, isReread } from './asana-position.ts'
import { healing } from './healing.ts'
import type { PageReader } from './page-reader.ts'
import type { ReadPage } from './read-page.ts'
import { settledWindow } from './settled-window.ts'
import type { ResolvedSourceOptions } from './source-options.ts'

export interface TailOptions
  extends Pick<
    ResolvedSourceOptions,
    'once' | 'pollMs' | 'overlapMs' | 'settledWindowMs' | 'rereadEveryMs' | 'onFact' | 'until' | 'clock'
  > {
  readonly reader: PageReader
  readonly signal: AbortSignal | undefined
  readonly at: AsanaPosition
  /** Read by an earlier process: what Asana deleted meanwhile is reported. */
  readonly resumed: boolean
  /**
   * RFC 3339: nothing before it is read again.
   * @default where the position started
   */
  readonly floor?: string | undefined
  readonly encode: (at: AsanaPosition) => Cursor
}

/**
 * Reads on from a position, page after page, and asks again once there is nothing more: "caught up" is an empty page, since
 * after the first match Asana sends a `next_page` for ever, and every answer moves the offset. Ends with `once`, or when
 * `until` lies the settled window behind what is surely past, which it returns: events may come as late as that.
 *
 * A due re-read runs before new events are yielded, while the ids of that window are still remembered, even after a long outage.
 * It runs before the next page is requested, so that no new event waits for it.
 */
export async function* tail(options: TailOptions): AsyncGenerator<Batch<AuditLogEvent>, number> {
  const { reader, clock, signal, until, once, onFact, encode, floor } = options
  const { pollMs, overlapMs, settledWindowMs: windowMs, rereadEveryMs: everyMs } = options
  const end = millisOf(until) ?? Number.POSITIVE_INFINITY
  let { at, resumed } = options
  const isReadAgain = windowMs > 0
  const healed = { overlapMs, clock, signal, onFact }
  const heal = healing(healed)
  let idleSince: string | undefined
  /** The last page's present, and when that was by our clock. */
  let known: { readonly present: number; readonly at: number } | undefined

  /** A clock that was ahead at the last look is no reason to wait until it is caught up with. */
  function isDue(present: number): boolean {
    return isReadAgain && Math.abs(present - (millisOf(at.settledAt) ?? present)) >= everyMs
  }

  async function* readAgain(present: number): AsyncGenerator<Batch<AuditLogEvent>> {
    const from = lateFrom(at, Math.min(present, end), windowMs)
    // The tail may meet what is found now, in this run or the next, so what it reads up to here is compared as well.
    at = { ...at, rereadUntil: at.newest }
    const window = behind(at, from, floor ?? at.begunAt ?? at.startAt)
    if (window)
      yield* settledWindow(reader, {
        ...window,
        cursor: encode(at),
        heal: healing({ ...healed, overlapMs: 0 }),
      })
    at = { ...at, settledAt: new Date(present).toISOString() }
  }

  for (;;) {
    const expected = known ? known.present + clock.now() - known.at : clock.now()
    // By our clock alone nothing is judged that it has not reached: going back further, ids might be forgotten.
    if (isDue(expected) && expected > (millisOf(at.settledAt) ?? expected)) yield* readAgain(expected)
    let page: ReadPage
    try {
      page = await reader.read(at, until)
      heal.passed(at, page)
    } catch (error) {
      at = await heal.after(error, at)
      continue
    }
    const { events, malformed, bytes, isEmpty, serverNow, present, surelyPast } = page
    if (resumed) reportLoss(at.newest, serverNow, onFact)
    resumed = false
    known = { present, at: clock.now() }
    if (isDue(present)) yield* readAgain(present)
    const inReread = isReread(at, page)
    const isOver = isLast(at, page)
    at = following(at, page)
    // Before that nothing is recent enough for anything to come late.
    if (at.settledAt === undefined && (isEmpty || millisAt(at.newest ?? beforeAll) > present - windowMs)) {
      at = { ...at, settledAt: new Date(present).toISOString() }
    }
    yield { events, malformed, cursor: encode(at), bytes, ...(inReread && { reread: 'healing' }) }
    if (!isOver) {
      idleSince = undefined
      continue
    }
    const over = once || surelyPast >= end + windowMs
    if (isReadAgain && over) yield* readAgain(present)
    if (over) return surelyPast
    idleSince ??= new Date(clock.now()).toISOString()
    onFact?.({ type: 'idle', since: idleSince, newestAt: at.newest })
    await clock.sleep(pollMs, signal)
  }
}

/** Since the last look an event may have come that is as late as the window is long. */
function lateFrom({ settledAt }: AsanaPosition, now: number, windowMs: number): number {
  return Math.min(now, millisOf(settledAt) ?? now) - windowMs
}

/**
 * The range to read again, if any: from `settled` to the newest event already read, or to where the tail started. The tail
 * reads anything newer anyway.
 */
function behind(
  { newest, startAt }: AsanaPosition,
  settled: number,
  floor: string | undefined,
): { readonly from: number; readonly until: number } | undefined {
  const from = Math.max(settled, millisAt(floor ?? beforeAll))
  const read = millisAt(newest ?? beforeAll) + 1
  const until = Math.max(read, millisAt(startAt ?? beforeAll))
  return until > from ? { from, until } : undefined
}

/** Tells when a position is older than Asana keeps events. */
export function reportLoss(newest: string | undefined, serverNow: number, onFact: OnFact | undefined): void {
  const kept = serverNow - retentionMs
  if (newest === undefined || millisAt(newest) >= kept) return
  onFact?.({ type: 'possible_loss', from: newest, until: new Date(kept).toISOString() })
}

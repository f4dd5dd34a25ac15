import type { AuditLogEvent } from '@asana-audit/schema'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import { retentionMs } from '../asana/retention.ts'
import type { Batch, Cursor } from '../contract.ts'
import { minuteMs } from '../duration.ts'
import type { OnFact } from '../fact.ts'
import { healing } from './healing.ts'
import type { PageReader } from './page-reader.ts'
import type { IsFresh } from './page-requests.ts'
import type { ReadPage } from './pages/read-page.ts'
import { pollPace } from './poll-pace.ts'
import {
  type AsanaPosition,
  beforeAll,
  firstStart,
  following,
  isLast,
  isReread,
  unreadFrom,
} from './position/asana-position.ts'
import { settledWindow } from './settled-window.ts'
import type { ResolvedSourceOptions } from './source-options.ts'

/** With `once`, another pipeline's empty answer ends the reading only if it is newer than this. */
const shortMs = 1_000

/** Another pipeline may have requested its answer at most this long before our last re-read. */
const mostBeforeMs = minuteMs

export interface TailOptions
  extends Pick<
    ResolvedSourceOptions,
    | 'once'
    | 'pollMs'
    | 'maxPollMs'
    | 'overlapMs'
    | 'settledWindowMs'
    | 'rereadEveryMs'
    | 'onFact'
    | 'until'
    | 'clock'
  > {
  readonly reader: PageReader
  readonly signal: AbortSignal | undefined
  readonly at: AsanaPosition
  /** Whether an earlier process read up to here: then events that Asana deleted meanwhile are reported. */
  readonly resumed: boolean
  /**
   * RFC 3339: nothing before this is read again.
   * @default the start of the position
   */
  readonly floor?: string | undefined
  readonly encode: (at: AsanaPosition) => Cursor
}

/**
 * Reads page after page from a position, and waits between them when there is nothing more for now (see `pollPace`). An empty page means
 * "caught up": after the first match Asana always sends a `next_page`, and every answer moves the offset. Ends with `once`, or when
 * `surelyPast` has passed `until` by the settled window, since events may come that late. Returns `surelyPast`.
 *
 * A due re-read runs before new events are yielded, while the ids of that window are still remembered, even after a long outage.
 * It runs before the next page is requested, so that no new event waits for it. With `once` the first run reads again at its end, too;
 * later runs only when it is due, so that one that finds nothing new costs one request.
 */
export async function* tail(options: TailOptions): AsyncGenerator<Batch<AuditLogEvent>, number> {
  const { reader, clock, signal, until, once, onFact, encode } = options
  const { overlapMs, settledWindowMs, rereadEveryMs } = options
  const end = millisOf(until) ?? Number.POSITIVE_INFINITY
  let { at, resumed } = options
  const isReadAgain = settledWindowMs > 0
  /** True if no earlier run has made a re-read, or come far enough to make one. */
  const isFirst = at.settledAt === undefined
  const heal = healing({ overlapMs, clock, signal, onFact })
  const pace = pollPace(options)
  let idleSince: string | undefined
  let waitMs = options.pollMs
  /** The last page's present, and when that was by our clock. */
  let lastPage: Pick<ReadPage, 'present' | 'presentAt'> | undefined
  const expectedPresent = (): number =>
    lastPage ? lastPage.present + clock.now() - lastPage.presentAt : clock.now()

  /**
   * Another pipeline's empty answer may be as old as ours would be at the end of a wait. A page with events may be older, but not much older
   * than the last re-read: the next one looks only for what appears late after the last one, and would not find what appeared between the two.
   */
  const isFresh: IsFresh = ({ ageMs, heldMs, isEmpty }) =>
    (!isEmpty || ageMs < (once ? shortMs : waitMs)) &&
    (!isReadAgain || expectedPresent() - heldMs >= millisAt(at.settledAt ?? beforeAll) - mostBeforeMs)

  /** Uses the absolute distance: a clock that was fast at the last re-read must not delay the next one. */
  function isDue(present: number): boolean {
    return isReadAgain && Math.abs(present - (millisOf(at.settledAt) ?? present)) >= rereadEveryMs
  }

  for (;;) {
    const expected = expectedPresent()
    // If our clock is behind the last re-read, it alone must not start another: the state may have forgotten the ids of that older range.
    if (isDue(expected) && expected > (millisOf(at.settledAt) ?? expected))
      at = yield* readAgain(options, at, expected)
    const wantedAt = expectedPresent()
    let page: ReadPage
    try {
      page = await reader.read(at, until, isFresh)
      heal.passed(at, page)
    } catch (error) {
      at = await heal.after(error, at)
      continue
    }
    const { events, identities, malformed, bytes, readBy, isEmpty, count, limit } = page
    const { serverNow, present, surelyPast, receivedAt, heldMs } = page
    if (resumed) reportLoss(unreadFrom(at), serverNow, onFact)
    resumed = false
    // A page that another pipeline requested shows an earlier state of the log. For the first page, only its own present is known.
    const shownAt =
      readBy === undefined || lastPage === undefined ? present : Math.min(present, wantedAt - heldMs)
    lastPage = page
    if (isDue(present)) at = yield* readAgain(options, at, present)
    if (readBy !== undefined) at = { ...at, settledAt: notAfter(at.settledAt, wantedAt - heldMs) }
    const inReread = isReread(at, page)
    const isOver = isLast(at, page)
    const behindMs = present - (millisOf(page.newest) ?? present)
    waitMs = pace.after({ isLast: isOver, count, limit, behindMs })
    // Nothing new can come any more, so there is nothing to wait for: read on to the empty page.
    const isFinal = surelyPast >= end + settledWindowMs
    const isClosed = once || isFinal
    const nextInMs = isClosed ? 0 : waitMs
    const askedWith = at
    at = following(at, page)
    if (isOver) at = { ...at, endReachedAt: new Date(shownAt).toISOString() }
    // From here on late events are possible. The events before were already older than the settled window.
    if (
      at.settledAt === undefined &&
      (isEmpty || millisAt(at.newest ?? beforeAll) > shownAt - settledWindowMs)
    ) {
      at = { ...at, settledAt: new Date(shownAt).toISOString() }
    }
    const passed = { events, identities, malformed, cursor: encode(at), bytes, nextInMs, readBy, receivedAt }
    yield { ...passed, ...(inReread && { reread: 'healing' }) }
    if (isOver && isClosed) {
      if (isReadAgain && (isFinal || isFirst)) yield* readAgain(options, at, present)
      return surelyPast
    }
    idleSince = isOver ? (idleSince ?? new Date(clock.now()).toISOString()) : undefined
    if (idleSince) onFact?.({ type: 'idle', since: idleSince, newestAt: at.newest })
    const met = isEmpty ? reader.meetAtEnd(page, askedWith.offset, at, until) : undefined
    at = met?.at ?? at
    // The wait counts from the answer, not from now: readers that share an answer then ask again at the same time. A clock that was set
    // back does not make the wait longer.
    const restMs = Math.min(nextInMs, (met?.receivedAt ?? receivedAt) + nextInMs - clock.now())
    if (restMs > 0) await clock.sleep(restMs, signal)
  }
}

/** The time of the last re-read, but not after the request for a page that came from another pipeline. */
function notAfter(settledAt: string | undefined, askedAt: number): string | undefined {
  if (settledAt === undefined || millisAt(settledAt) <= askedAt) return settledAt
  return new Date(askedAt).toISOString()
}

/** Reads the settled window before `present` again (milliseconds since 1970). Returns the position after that. */
async function* readAgain(
  options: TailOptions,
  before: AsanaPosition,
  present: number,
): AsyncGenerator<Batch<AuditLogEvent>, AsanaPosition> {
  const { reader, clock, signal, until, onFact, encode, floor, settledWindowMs } = options
  const end = millisOf(until) ?? Number.POSITIVE_INFINITY
  const from = lateFrom(before, Math.min(present, end), settledWindowMs)
  // The tail may read the same events later, in this run or the next, so its events up to here are checked for repeats as well.
  const at = { ...before, rereadUntil: before.newest }
  const window = behind(at, from, floor ?? firstStart(at))
  const heal = healing({ overlapMs: 0, clock, signal, onFact })
  const heldMs = window ? yield* settledWindow(reader, { ...window, cursor: encode(at), heal }) : 0
  // What happened since a page was asked for is not in it. Whole seconds: readers that share pages ask for the same range next time.
  return { ...at, settledAt: new Date(Math.floor((present - heldMs) / 1_000) * 1_000).toISOString() }
}

/** Where the next re-read starts: an event that appeared since the last one may be as late as the window is long. */
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

/** Reports a position that is older than Asana keeps events. */
export function reportLoss(from: string | undefined, serverNow: number, onFact: OnFact | undefined): void {
  const kept = serverNow - retentionMs
  if (from === undefined || millisAt(from) >= kept) return
  onFact?.({ type: 'possible_loss', from, until: new Date(kept).toISOString() })
}

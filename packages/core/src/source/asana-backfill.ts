import type { AuditLogEvent } from '@asana-audit/schema'
import { millisAt, millisOf } from '@asana-audit/schema/lossless'
import { anySignal } from '../abort/any-signal.ts'
import { retentionMs } from '../asana/retention.ts'
import type { Batch } from '../contract.ts'
import { minuteMs } from '../duration.ts'
import { httpClient } from '../http/http-client.ts'
import type { OptionNames } from '../options/refuse-unknown-options.ts'
import { auditLogSource, fingerprint } from './asana-source.ts'
import { checkTimes } from './check-times.ts'
import { healing } from './healing.ts'
import { type PageReader, pageReader } from './page-reader.ts'
import type { FetchedPage } from './pages/fetched-page.ts'
import type { ReadPage } from './pages/read-page.ts'
import { type BackfillPosition, decodeBackfill, encodeBackfill } from './position/asana-cursor.ts'
import { type AsanaPosition, beforeAll, following, isReread } from './position/asana-position.ts'
import {
  type AsanaSource,
  type AsanaSourceOptions,
  checkSourceOptions,
  type ResolvedSourceOptions,
  sourceNames,
} from './source-options.ts'
import { reportLoss, tail } from './tail.ts'
import { limitingFactor } from './windows/limiting-factor.ts'
import { readAhead } from './windows/read-ahead.ts'
import { windowPlan } from './windows/window-plan.ts'

export interface AsanaBackfillOptions extends AsanaSourceOptions {
  /** RFC 3339, exclusive: where to end. A stored cursor keeps its own end. */
  readonly until: string
  /**
   * How many windows (parts of the time range) are read at once. Share a `budget` with everything else that uses the token.
   *
   * 8 windows use the whole quota if Asana answers in 200 ms.
   * @default 8
   */
  readonly windows?: number | undefined
  /**
   * Most bytes of pages that wait for their turn, compressed where Asana sent them so. The first window may always read on.
   * @default 32 MiB
   */
  readonly aheadBytes?: number | undefined
}

const names: OptionNames<AsanaBackfillOptions> = { ...sourceNames, windows: true, aheadBytes: true }

/**
 * Reads a time range of the audit log in several windows at once, since one window allows only one request at a time. Yields events
 * in order. The last window stays open until no late event can come (`settledWindowMs`), except with `once`. Waits out temporary
 * faults itself, except for a page that is not JSON: then it rejects, and `deliver` reads the page again.
 */
export function asanaBackfill(given: AsanaBackfillOptions): AsanaSource {
  // The fingerprint leaves the time out: a position depends on workspace and filters only.
  checkSourceOptions('asanaBackfill', names, given)
  return auditLogSource(given, read, (options) => fingerprint({ ...options, until: undefined }))
}

async function* read(
  options: AsanaBackfillOptions & ResolvedSourceOptions,
  cursor: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch<AuditLogEvent>> {
  const { since, clock, settledWindowMs, maxPollMs } = options
  checkTimes(cursor === undefined ? options : { until: options.until }, clock.now())
  const stored: BackfillPosition = cursor === undefined ? { startAt: since } : decodeBackfill(cursor)
  if (stored.settled) return
  const until = stored.until ?? options.until
  const untilMs = millisAt(until)
  const http = options.http ?? httpClient()
  const reader = pageReader({ ...options, http, clock, signal })
  try {
    const { at: last, surelyPast: readAt } = yield* inWindows(options, reader, { ...stored, until }, signal)
    // The last window stays open: it is polled, and its end is read again, until no late event can come. Few come that
    // late, so it soon asks once a minute only, beside the polls for new events.
    // It reaches the end of its range only, not of the log.
    const encode = (at: AsanaPosition): string =>
      encodeBackfill({ ...at, endReachedAt: undefined, endAt: until, until })
    const open = {
      ...options,
      reader,
      clock,
      signal,
      maxPollMs: Math.max(maxPollMs, minuteMs),
      at: last,
      resumed: false,
      until,
      encode,
      floor: since ?? beforeAll,
    }
    const isOpen = millisAt(last.startAt ?? beforeAll) < untilMs
    // An earlier process may have read before all late events had come, so only what this process read counts.
    const isOwn = stored.endAt === undefined && stored.newest === undefined
    const hadSettled = isOwn && readAt >= untilMs + settledWindowMs
    if (settledWindowMs > 0 && isOpen && !hadSettled) {
      const surelyPast = yield* tail(open)
      if (surelyPast < untilMs + settledWindowMs) return
    }
    yield {
      events: [],
      malformed: [],
      cursor: encodeBackfill({ ...last, offset: undefined, until, settled: true }),
    }
  } catch (error) {
    if (signal?.aborted) return
    reader.discard()
    throw error
  } finally {
    if (!options.http) await http.close()
  }
}

type BoundedPosition = BackfillPosition & { readonly until: string }

/** How far the windows were read. */
interface ReadThrough {
  /** The position in the last window. */
  readonly at: AsanaPosition
  /** The least `surelyPast` of all pages. */
  readonly surelyPast: number
}

/** Yields the events of the range once, in order. */
async function* inWindows(
  options: AsanaBackfillOptions & ResolvedSourceOptions,
  reader: PageReader,
  start: BoundedPosition,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch<AuditLogEvent>, ReadThrough> {
  const { onFact, budget, overlapMs, clock } = options
  const { windows = 8, aheadBytes = 32 * 2 ** 20 } = options
  const { until } = start
  const oldest = millisOf(start.startAt) ?? millisAt(until) - retentionMs
  const pages = readAhead({
    fetch: (from, endAt, stopped) => reader.fetch(from, endAt, anySignal(signal, stopped)),
    ...{ head: { offset: undefined, endAt: undefined, ...start, startAt: start.startAt } },
    ...{ until, oldest, parallel: windows, aheadBytes },
    // Where windows end depends on when pages come. Pipelines that share pages use one plan: with other windows, no answer would fit both.
    plan: reader.common(`windows ${[oldest, until, windows, aheadBytes]}`, () =>
      windowPlan({ from: oldest, until: millisAt(until), parallel: windows, aheadBytes }),
    ),
  })
  const judge = limitingFactor()
  let at: BoundedPosition = start
  let surelyPast = Number.POSITIVE_INFINITY
  const heal = healing({ overlapMs, clock, signal, onFact })
  let resumed = start.newest !== undefined
  let returnedAt = clock.now()
  let queued = budget?.waitedMs ?? 0
  try {
    for (;;) {
      const askedAt = clock.now()
      let fetched: FetchedPage<string> | undefined
      let page: ReadPage
      try {
        fetched = await pages.next()
        if (!fetched) return { at, surelyPast }
        await reader.turn(fetched)
        page = reader.accept(fetched, at.newest)
        heal.passed({ ...at, startAt: fetched.startAt }, page)
      } catch (error) {
        const { endAt, settled } = at
        at = { ...(await heal.after(error, at)), endAt, settled, until }
        pages.restart(at.startAt)
        continue
      }
      const { startAt, endAt, ms: askedMs } = fetched
      const waitedMs = clock.now() - askedAt
      const { events, identities, malformed, bytes, readBy, receivedAt, isEmpty, newest, serverNow } = page
      surelyPast = Math.min(surelyPast, page.surelyPast)
      if (resumed) reportLoss(at.newest, serverNow, onFact)
      resumed = false
      const limitedBy = judge({
        ...{ waitedMs, keptMs: askedAt - returnedAt, askedMs },
        queuedMs: (budget?.waitedMs ?? 0) - queued,
      })
      queued = budget?.waitedMs ?? 0
      returnedAt = clock.now()
      const from = new Date(oldest).toISOString()
      onFact?.({ type: 'covered', from, until, upTo: isEmpty ? endAt : (newest ?? endAt), limitedBy })
      const inReread = isReread(at, page)
      const next = following({ ...at, startAt }, page)
      if (isEmpty) {
        // What was read before a rewind may reach into the next window.
        const { rereadUntil } = at
        at = endAt === until ? { ...next, endAt, until } : { startAt: endAt, newest, rereadUntil, until }
        continue
      }
      if (next.offset === undefined && next.startAt !== startAt) pages.restart(next.startAt)
      at = { ...next, endAt, until }
      const passed = { events, identities, malformed, cursor: encodeBackfill(at), bytes, readBy, receivedAt }
      yield { ...passed, ...(inReread && { reread: 'healing' }) }
    }
  } finally {
    await pages.stop()
  }
}

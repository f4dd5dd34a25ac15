import { millisOf } from '@asana-audit/schema/lossless'
import type { LaneCursors } from '../backlog/backlog.ts'
import { backlogSize } from '../backlog/backlog-size.ts'
import { checkStart } from '../backlog/future-position.ts'
import { presentMoment } from '../backlog/moment.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Cursor } from '../contract.ts'
import { isAfter, later } from '../event-time.ts'
import type { OnFact } from '../fact.ts'
import type { RetryPolicy } from '../retry.ts'
import { anyChange, type Changed } from '../secrets/any-change.ts'
import { watchedSecret } from '../secrets/watched-secret.ts'
import {
  asanaCursorAt,
  type BackfillPosition,
  decodeBackfill,
  decodePosition,
  encodeBackfill,
} from '../source/position/asana-cursor.ts'
import { firstStart } from '../source/position/asana-position.ts'
import { openStart } from '../state/hour-spans.ts'
import type { LaneName, LaneSourceOptions } from './lane-source.ts'

export interface DivideLogOptions {
  readonly source: Omit<LaneSourceOptions, 'onFact' | 'clock'>
  /** The saved cursors of the lanes `live` and `backlog`. */
  readonly cursors: LaneCursors
  readonly signal?: AbortSignal | undefined
  /** Called at the first start with `LogDivision.start`, before any request: what is asked for is on record even if Asana refuses. */
  readonly begin?: ((start: number) => Promise<void>) | undefined
  /** See `DeliveryOptions`, for this and the options below. */
  readonly onFatal?: 'pause' | 'reject' | undefined
  readonly pauseMs?: number | undefined
  readonly onFact?: OnFact | undefined
  readonly clock?: Clock | undefined
}

/** Which lanes a log is read in, and what to save before they are read. */
export interface LogDivision {
  readonly lanes: readonly LaneName[]
  /** For `Claim.start`, at the first start: milliseconds since 1970. */
  readonly start: number | undefined
  /** New positions, to be saved in this order. After a crash in between, `divideLog` goes on from what was saved. */
  readonly moved: readonly { readonly lane: LaneName; readonly cursor: Cursor }[]
}

/** Windows do not make a backlog of so few pages faster, so a lane of its own would only cost requests. */
const fewPages = 8

/**
 * Divides a log into new events and the backlog. The cursors do not say how at the first start and after a rewind: then this makes a
 * few requests, and otherwise none. A log of a few pages is not divided. Rejects with `signal.reason` once aborted.
 */
export async function divideLog(options: DivideLogOptions): Promise<LogDivision> {
  const { cursors, onFact, clock = systemClock } = options
  const { windows: _, aheadBytes: __, ...reading } = options.source
  const { read: token, changed } = watchedSecret(reading.token, clock)
  const source = { ...reading, token, onFact, clock }
  const policy = retryPolicy(options, anyChange(changed, reading.http?.changed))
  await checkStart(cursors, source, policy)
  const isFirstStart = cursors.live === undefined && cursors.backlog === undefined
  const start = isFirstStart ? (millisOf(source.since) ?? openStart) : undefined
  if (start !== undefined) await options.begin?.(start)
  if (cursors.live !== undefined && cursors.backlog === undefined)
    return { lanes: ['live'], start, moved: [] }

  let backlog: BackfillPosition =
    cursors.backlog === undefined ? { startAt: source.since } : decodeBackfill(cursors.backlog)
  const moved: { lane: LaneName; cursor: Cursor }[] = []
  let { until } = backlog
  if (until === undefined) {
    const isFirst = cursors.backlog === undefined && source.until === undefined
    const size = isFirst ? await backlogSize(source, policy) : undefined
    if (size && size.pages <= fewPages) return { lanes: ['live'], start, moved }
    const { asana, own } = size?.moment ?? (await presentMoment(source, policy))
    // The earlier clock: with a clock that runs fast, new events would belong to the backlog until that time has come.
    const divided = new Date(Math.min(asana, own)).toISOString()
    until = source.until !== undefined && isAfter(divided, source.until) ? source.until : divided
    backlog = { ...backlog, until }
    // The backlog first: after a crash in between, its end says where live begins.
    moved.push({ lane: 'backlog', cursor: encodeBackfill(backlog) })
  }
  if (source.until !== undefined && !isAfter(source.until, until)) return { lanes: ['backlog'], start, moved }
  // A live position that starts before the backlog's end can only come from a rewind.
  const isInPlace = cursors.live !== undefined && !isAfter(until, firstStart(decodePosition(cursors.live)))
  if (!isInPlace) moved.push({ lane: 'live', cursor: asanaCursorAt(later(until, source.since) ?? until) })
  return { lanes: backlog.settled ? ['live'] : ['live', 'backlog'], start, moved }
}

function retryPolicy(
  { source, signal, onFatal = 'pause', pauseMs, onFact, clock }: DivideLogOptions,
  changed: Changed | undefined,
): Omit<RetryPolicy, 'part'> {
  const { untilFirstPage, afterwards } = source.giveUpAfterMs ?? {}
  return {
    ...{ signal, onFact, onFatal, changed },
    ...(clock && { clock }),
    ...(pauseMs !== undefined && { pauseMs }),
    ...(afterwards !== undefined && { giveUpAfterMs: afterwards }),
    ...(untilFirstPage !== undefined && { failingMs: untilFirstPage }),
  }
}

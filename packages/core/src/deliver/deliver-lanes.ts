import type { AuditLogEvent } from '@asana-audit/schema'
import { millisOf } from '@asana-audit/schema/lossless'
import { anySignal } from '../abort/any-signal.ts'
import { backlogSize } from '../backlog/backlog-size.ts'
import { checkStart } from '../backlog/future-position.ts'
import { presentMoment } from '../backlog/moment.ts'
import { systemClock } from '../clock.ts'
import type { Claim, Cursor } from '../contract.ts'
import { isAfter, later } from '../event-time.ts'
import type { Fact } from '../fact.ts'
import { checkOptions } from '../options/check-options.ts'
import { type OptionNames, refuseUnknownOptions } from '../options/refuse-unknown-options.ts'
import { retry } from '../retry.ts'
import { anyChange } from '../secrets/any-change.ts'
import { watchedSecret } from '../secrets/watched-secret.ts'
import { type AsanaBackfillOptions, asanaBackfill } from '../source/asana-backfill.ts'
import { asanaCursorAt, decodeBackfill, decodePosition, encodeBackfill } from '../source/asana-cursor.ts'
import { asanaSource } from '../source/asana-source.ts'
import { type AsanaSource, type AsanaSourceOptions, checkPolls } from '../source/source-options.ts'
import { openEnd, openStart } from '../state/hour-spans.ts'
import { newDestinationHealth } from '../write/destination-health.ts'
import { deliverLane } from './deliver-lane.ts'
import { type Delivered, type DeliveryOptions, deliveryNames } from './delivery-options.ts'
import { type InState, withClaim } from './in-state.ts'
import { shareSink } from './share-sink.ts'

/** The row of new events, and that of what was there before the first start. */
export type LaneName = 'live' | 'backlog'

/** Where positions are saved: `pipeline` and `state`, claimed and released here, or a `claim` that the caller holds. */
export type DeliverLanesOptions<R> = LanesOptions<R> & ((InState & { readonly claim?: undefined }) | InClaim)

interface InClaim {
  /** Instead of `pipeline` and `state`: `await state.claim(pipeline)`. The caller releases it. Its lanes are `live` and `backlog`. */
  readonly claim: Claim
  readonly pipeline?: undefined
  readonly state?: undefined
}

export interface LanesOptions<R> extends Omit<DeliveryOptions<AuditLogEvent, R>, 'source' | 'onFact'> {
  /** The options of `asanaSource` without `onFact` and `clock`, plus `windows` and `aheadBytes` of `asanaBackfill` for the backlog. */
  readonly source: Omit<AsanaSourceOptions, 'onFact' | 'clock'> &
    Pick<Partial<AsanaBackfillOptions>, 'windows' | 'aheadBytes'>
  /** Called with each fact and its lane, `live` or `backlog`. It must not throw. */
  readonly onFact?: ((fact: Fact, lane: LaneName) => void) | undefined
}

const names: OptionNames<LanesOptions<never> & InState & Pick<InClaim, 'claim'>> = {
  ...deliveryNames,
  claim: true,
}

/**
 * Delivers new events and the backlog at the same time: new alerts do not wait for 90 days of history. A backlog of a few pages is
 * simply read first. Otherwise the time of the first start divides the two, by Asana's clock or ours, whichever is earlier. It is
 * stored before anything is read. Lane `backlog` reads what is before it, in windows, and ends; lane `live` reads what comes after.
 * Both share sink, ids, ledger and budget. When one fails for good, the other is stopped and this rejects.
 */
export async function deliverLanes<R>(options: DeliverLanesOptions<R>): Promise<Delivered> {
  refuseUnknownOptions('deliverLanes', names, options)
  checkOptions('deliverLanes', options, 'claim')
  checkOptions('source', options.source)
  checkPolls(options.source)
  if (options.claim) return deliverClaimed(options, options.claim)
  return withClaim(options, (claim) => deliverClaimed(options, claim))
}

async function deliverClaimed<R>(options: LanesOptions<R>, claim: Claim): Promise<Delivered> {
  const { onFact, ...rest } = options
  const { windows: _, aheadBytes: __, ...source } = options.source
  const failed = new AbortController()
  const signal = anySignal(rest.signal, failed.signal)
  const sink = shareSink(rest.sink)
  const health = rest.health ?? newDestinationHealth<R>()
  let sources: LaneSource[]
  try {
    sources = await divide(options, claim)
  } catch (error) {
    if (rest.signal?.aborted) return nothing
    throw error
  }
  const run = async ([name, open]: LaneSource): Promise<Delivered> => {
    try {
      const report = onFact && ((fact: Fact) => onFact(fact, name))
      const read = open({ ...source, onFact: report, ...(rest.clock && { clock: rest.clock }) })
      const waiting = {
        part: 'state',
        signal,
        onFact: report,
        ...(rest.clock && { clock: rest.clock }),
      } as const
      const lane = await retry(() => claim.lane(name, read.fingerprint), waiting)
      return await deliverLane({ ...rest, source: read, sink, health, signal, onFact: report }, lane)
    } catch (error) {
      failed.abort(error)
      throw error
    }
  }
  const ends = await Promise.allSettled(sources.map(run))
  if (failed.signal.aborted) throw failed.signal.reason
  return ends.reduce((sum, end) => (end.status === 'fulfilled' ? added(sum, end.value) : sum), {
    delivered: 0,
    quarantined: 0,
    repeats: 0,
  })
}

const nothing: Delivered = { delivered: 0, quarantined: 0, repeats: 0 }

type LaneSource = readonly [name: LaneName, open: (options: AsanaSourceOptions) => AsanaSource]

/** Up to this many pages windows bring nothing, so a lane for them would waste requests. */
const fewPages = 8

const live: LaneSource = ['live', asanaSource]

/** Which lanes to run. At the first start and after a rewind, it finds and stores the time that divides them. */
async function divide<R>(options: LanesOptions<R>, claim: Claim): Promise<LaneSource[]> {
  const { signal, onFatal, pauseMs, clock, onFact } = options
  const { windows, aheadBytes, ...reading } = options.source
  const report = onFact && ((fact: Fact) => onFact(fact, 'live'))
  const { read: token, changed: tokenChanged } = watchedSecret(options.source.token, clock ?? systemClock)
  const source = { ...reading, token, onFact: report, ...(clock && { clock }) }
  const retryPolicy = { signal, onFact: report, ...(clock && { clock }), ...(pauseMs && { pauseMs }) }
  const stored = async (name: LaneName, open: (options: AsanaSourceOptions) => AsanaSource) => {
    const { fingerprint } = open(source)
    return retry(async () => (await claim.lane(name, fingerprint)).load(), { ...retryPolicy, part: 'state' })
  }
  const store = (work: () => Promise<void>): Promise<void> =>
    retry(work, { ...retryPolicy, part: 'state', onFatal: onFatal ?? 'pause' })
  const put = (name: LaneName, cursor: Cursor): Promise<void> =>
    store(() => claim.rewind(name, cursor, openEnd))
  const patientPolicy = {
    ...retryPolicy,
    onFatal: onFatal ?? 'pause',
    changed: anyChange(tokenChanged, options.source.http?.changed),
    ...(source.giveUpAfterMs && {
      giveUpAfterMs: source.giveUpAfterMs.afterwards,
      failingMs: source.giveUpAfterMs.untilFirstPage,
    }),
  } as const
  const endless = { until: '9999-12-31T00:00:00Z' }
  const liveCursor = await stored('live', asanaSource)
  const backlogCursor = await stored('backlog', (rest) => asanaBackfill({ ...rest, ...endless }))
  const isFirstStart = liveCursor === undefined && backlogCursor === undefined
  await checkStart({ live: liveCursor, backlog: backlogCursor }, source, patientPolicy)
  if (isFirstStart) await store(() => claim.start(millisOf(source.since) ?? openStart))
  if (liveCursor !== undefined && backlogCursor === undefined) return [live]

  let backlog = backlogCursor === undefined ? { startAt: source.since } : decodeBackfill(backlogCursor)
  const isNew = backlog.until === undefined
  if (isNew) {
    const isFirst = backlogCursor === undefined && source.until === undefined
    const size = isFirst ? await backlogSize(source, patientPolicy) : undefined
    if (size && size.pages <= fewPages) return [live]
    const { asana, own } = size?.moment ?? (await presentMoment(source, patientPolicy))
    // The earlier clock: with a clock that runs fast, new events would belong to the backlog until that time has come.
    const divided = new Date(Math.min(asana, own)).toISOString()
    backlog = { ...backlog, until: isAfter(divided, source.until ?? divided) ? source.until : divided }
    // The backlog first: after a crash in between, its end says where live begins.
    await put('backlog', encodeBackfill(backlog))
  }
  const until = backlog.until ?? endless.until
  const backlogLane: LaneSource = [
    'backlog',
    (rest) => asanaBackfill({ ...rest, windows, aheadBytes, until }),
  ]
  if (source.until !== undefined && !isAfter(source.until, until)) return [backlogLane]
  // A live position that starts before the backlog's end can only come from a rewind.
  const isRewound = liveCursor !== undefined && !isAfter(until, decodePosition(liveCursor).startAt)
  if (!isRewound) await put('live', asanaCursorAt(later(until, source.since) ?? until))
  return backlog.settled ? [live] : [live, backlogLane]
}

function added(sum: Delivered, one: Delivered): Delivered {
  return {
    delivered: sum.delivered + one.delivered,
    quarantined: sum.quarantined + one.quarantined,
    repeats: sum.repeats + one.repeats,
  }
}

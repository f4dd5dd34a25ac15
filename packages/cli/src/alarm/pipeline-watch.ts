import type { Fact, Fault } from '@asana-audit/core'
import { retentionMs } from '@asana-audit/core/backlog'
import { hourMs } from '../duration.ts'
import { age } from '../progress/words/age.ts'
import type { AlarmKind } from './alarm.ts'
import { type Condition, failuresOf } from './failures.ts'
import { readingPace } from './reading-pace.ts'
import { slowBacklog, slowNewEvents } from './slow-reading.ts'

export interface WatchLimits {
  /** A failure is an alarm after this time, in milliseconds. */
  readonly failingMs: number
  /** How long before Asana deletes unread events the alarm begins, in milliseconds. */
  readonly retentionMs: number
}

/** After this time without a new entry, the alarm about the quarantine is over: it has told of all entries. */
const newEntriesMs = hourMs

/** What the facts of one pipeline say. All times are milliseconds since 1970. */
export interface PipelineWatch {
  /** The pipeline starts, or starts again. */
  begins(): void
  /** The pipeline has ended with a fault, and others go on. It is ignored without an earlier `begins`, as for a backfill. */
  ended(fault: Fault): void
  fact(lane: string, fact: Fact, now: number): void
  /** What was read of the new events. Undefined until the end of the log was reached in this run. */
  seen(): { readonly readUpTo: number; readonly newestAt: number } | undefined
  condition(kind: Exclude<AlarmKind, 'drop_off'>, now: number): Condition | undefined
}

/** What the state says of earlier runs. */
export interface EarlierRuns {
  /** For each lane that is not done, the time before which everything is read and delivered. */
  readonly positions: ReadonlyMap<string, number>
  /** Of the new events that were delivered. */
  readonly newestAt: number | undefined
}

export function watchPipeline(limits: WatchLimits, earlier: EarlierRuns): PipelineWatch {
  const failures = failuresOf()
  /** For each lane, the time before which everything is read and delivered. */
  const positions = new Map(earlier.positions)
  const done = new Set<string>()
  const paces = { live: readingPace(), backlog: readingPace() }
  const unwritten = new Set<string>()
  /** How far a backlog is read, perhaps further than it is delivered. */
  let backlog: { readonly upTo: number; readonly until: number } | undefined
  let readUpTo: number | undefined
  let newestRead = earlier.newestAt
  let isRead = false
  let end: Fault | 'none' | undefined
  const quarantined = { events: 0, at: 0, code: '' }
  let judgedFrom: number | undefined

  function delivered(lane: string, upTo: number, now: number): void {
    positions.set(lane, Math.max(upTo, positions.get(lane) ?? upTo))
    if (lane === 'live') paces.live.readUpTo(upTo, now)
  }

  function pageRead(lane: string, { events, newestAt }: Fact & { type: 'page_read' }, now: number): void {
    isRead = true
    failures.worked('source', lane)
    if (events > 0) unwritten.add(lane)
    if (lane !== 'live') return
    const before = positions.get(lane)
    if (before !== undefined) paces.live.readUpTo(before, now)
    if (newestAt !== undefined) newestRead = Math.max(newestRead ?? 0, Date.parse(newestAt))
  }

  function idle(lane: string, now: number): void {
    if (lane !== 'live') return void done.add(lane)
    readUpTo = now
    if (unwritten.size > 0 || failures.areAny) return
    delivered(lane, now, now)
    failures.caughtUp()
  }

  function committed(
    lane: string,
    { events, newestAt, unsaved }: Fact & { type: 'committed' },
    now: number,
  ): void {
    if (unsaved === 0) unwritten.delete(lane)
    // A position without events is saved without the destination.
    if (events > 0) failures.worked('sink', lane)
    else failures.over('sink', lane)
    failures.worked('state', lane)
    if (newestAt !== undefined) delivered(lane, Date.parse(newestAt), now)
  }

  /**
   * Events whose position cannot be saved are not delivered: they would be sent again. Undefined while a part fails, or if nothing shows
   * that the destination works: an alarm of an earlier run may be about it.
   */
  function undelivered(now: number): Condition | undefined {
    const [sink, state] = (['sink', 'state'] as const).map((part) =>
      failures.condition(part, limits.failingMs, now),
    )
    const bad = [sink, state].find((one) => one?.isBad)
    if (bad) return bad
    if (failures.isFailing('sink') || failures.isFailing('state')) return undefined
    return sink ?? (failures.hasFailed('state') ? state : undefined)
  }

  function unread(now: number): Condition | undefined {
    const hasEnded = end !== undefined && end !== 'none'
    if (!failures.areAny && !hasEnded) {
      const message = slowly(now)
      if (message !== undefined) return { isBad: true, message }
      return isRead ? nothingInDanger : undefined
    }
    const oldest = Math.min(...[...positions].flatMap(([lane, at]) => (done.has(lane) ? [] : [at])))
    if (!Number.isFinite(oldest)) return undefined
    const left = oldest + retentionMs - now
    if (left >= limits.retentionMs) return nothingInDanger
    const when = left > 0 ? `in ${age(left)}` : 'now'
    const message = `Asana begins to delete unread events ${when}. Fix what keeps this pipeline from reading or writing; asana-audit check says what it is.`
    return { isBad: true, message }
  }

  /** A message if nothing fails, but Asana will delete events before they are read. */
  function slowly(now: number): string | undefined {
    const live = positions.get('live')
    const ofBacklog = backlog && !done.has('backlog') ? slowBacklog(paces.backlog, backlog, now) : undefined
    return (
      ofBacklog ?? (live === undefined ? undefined : slowNewEvents(paces.live, live, limits.retentionMs, now))
    )
  }

  function ending(): Condition | undefined {
    if (end === undefined) return undefined
    if (end === 'none') return { isBad: false, message: 'It runs again.' }
    const message = `This pipeline has ended (${end.code}), and the others go on. ${end.message} Once that is fixed, start the run again, or send it SIGHUP if it follows its file.`
    return { isBad: true, message }
  }

  function newEntries(now: number): Condition | undefined {
    const { events, at, code } = quarantined
    judgedFrom ??= now
    // An alarm of the last run must not end earlier because of a restart.
    if (events === 0 && now - judgedFrom < newEntriesMs) return undefined
    if (events === 0 || now - at >= newEntriesMs)
      return { isBad: false, message: 'No new event was put in quarantine for an hour.' }
    const what = events === 1 ? 'An event was' : `${events.toLocaleString('en')} events were`
    const message = `${what} put in quarantine (${code}). asana-audit quarantine list shows them; once the cause is gone, asana-audit quarantine replay delivers them.`
    return { isBad: true, message }
  }

  function putInQuarantine(events: number, code: string, now: number): void {
    const isNew = now - quarantined.at >= newEntriesMs
    quarantined.events = (isNew ? 0 : quarantined.events) + events
    quarantined.at = now
    quarantined.code = code
  }

  return {
    begins() {
      end = 'none'
      unwritten.clear()
      failures.begins()
    },
    ended(fault) {
      if (end === undefined) return
      end = fault
      // What failed before is not tried again.
      failures.begins()
    },
    fact(lane, fact, now) {
      switch (fact.type) {
        case 'page_read':
          return pageRead(lane, fact, now)
        case 'covered':
          if (lane !== 'backlog') return
          backlog = { upTo: Date.parse(fact.upTo), until: Date.parse(fact.until) }
          return paces.backlog.readUpTo(backlog.upTo, now)
        case 'idle':
          return idle(lane, now)
        case 'write_accepted':
          return failures.worked('sink', lane)
        case 'committed':
          return committed(lane, fact, now)
        case 'resumed':
          failures.worked(fact.part, lane)
          for (const pace of Object.values(paces)) pace.stood(fact.afterMs)
          return
        case 'retrying':
        case 'paused':
          return failures.stopped(lane, fact, now)
        case 'quarantined':
          return putInQuarantine(1, fact.code, now)
        case 'too_old':
          return putInQuarantine(fact.events, 'too_old', now)
        default:
      }
    },
    seen: () =>
      readUpTo === undefined || newestRead === undefined ? undefined : { readUpTo, newestAt: newestRead },
    condition(kind, now) {
      switch (kind) {
        case 'not_read':
          return failures.condition('source', limits.failingMs, now)
        case 'not_delivered':
          return undelivered(now)
        case 'ended':
          return ending()
        case 'retention':
          return unread(now)
        case 'quarantine':
          return newEntries(now)
      }
    },
  }
}

const nothingInDanger: Condition = { isBad: false, message: 'No unread event is about to be deleted.' }

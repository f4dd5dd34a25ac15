import type { Fact } from '@asana-audit/core'
import type { LogLevel } from '../../flags/choice.ts'
import { safeJson } from '../../terminal/safe-text.ts'
import { deletedInMs } from '../lag/retention-clock.ts'
import { type LaneRef, laneLabel } from '../lane.ts'
import type { Reporter } from '../reporters/reporter.ts'
import { type DelaySpread, delaySpread } from '../totals/delay-spread.ts'
import {
  addFact,
  coveredShare,
  isCaughtUp,
  newLaneTotals,
  type ProgressTotals,
} from '../totals/progress-totals.ts'
import { isShown, levelOf } from '../words/log-level.ts'
import { reloadRefusal } from '../words/reload-sentences.ts'
import { type LaneTrouble, troubleAfter } from './lane-trouble.ts'

const progressEveryMs = 30_000

/**
 * Structured logs, one JSON object a line. Facts that may need a person are logged at once, and progress every 30 s. Shows `least` and all
 * levels that are more urgent; `debug` shows every fact.
 */
export function logReporter(
  output: { write(line: string): unknown },
  now: () => number = Date.now,
  least: LogLevel = 'info',
): Reporter {
  const totals = newLaneTotals()
  const lastProgress = new Map<string, number>()
  const troubles = new Map<string, LaneTrouble | undefined>()
  /** The delays of new events only: in a backlog a delay is just the age of an event. */
  const delays = new Map<string, DelaySpread>()

  function log(level: LogLevel, message: string, fields: object): void {
    if (!isShown(level, least)) return
    const time = new Date(now()).toISOString()
    output.write(`${safeJson(JSON.stringify({ time, level, message, ...fields }))}\n`)
  }

  function logFact(lane: LaneRef, level: LogLevel, fact: Fact): void {
    const { type, message, ...fields } = { message: undefined, ...fact }
    // How long a person may take to fix it before Asana deletes unread events.
    const clock = type === 'paused' ? { deletedInMs: deletedInMs(totals.of(lane).unreadFrom, now()) } : {}
    // Left out, because it has a number for each event of a write.
    const short = type === 'write_accepted' ? { delaysMs: undefined } : {}
    log(level, type, { ...lane, ...fields, ...clock, ...short, ...(message && { detail: message }) })
  }

  function progress(lane: LaneRef, laneTotals: ProgressTotals): void {
    const { events, quarantined, tooOld, requests, newestAt, unreadFrom, covered } = laneTotals
    const { limitedBy } = covered ?? {}
    const share = covered && { covered: Number(coveredShare(covered).toFixed(4)), limitedBy }
    // Of a lane that is caught up nothing is unread, however old its newest event is.
    const isBehind = !isCaughtUp(laneTotals) || troubles.get(laneLabel(lane)) !== undefined
    const clock = isBehind ? { deletedInMs: deletedInMs(unreadFrom, now()) } : {}
    const delayMs = delays.get(laneLabel(lane))?.take()
    log('info', 'progress', {
      ...lane,
      events,
      quarantined,
      requests,
      newestAt,
      caughtUp: isCaughtUp(laneTotals),
      ...(tooOld > 0 && { tooOld }),
      ...(delayMs && { delayMs }),
      ...clock,
      ...share,
    })
  }

  return {
    started(lanes, statePath, statusPage) {
      log('info', 'started', { pipelines: lanes.map(({ pipeline }) => pipeline), statePath, statusPage })
    },
    fact(lane, fact) {
      const key = laneLabel(lane)
      const laneTotals = totals.of(lane)
      // A refused backlog has a `too_old` with every commit. Only the first is logged; `progress` has the count.
      troubles.set(key, troubleAfter(fact, troubles.get(key), now()))
      const isRepeat = fact.type === 'too_old' && laneTotals.tooOld > 0
      addFact(laneTotals, fact)
      const level = isRepeat ? 'debug' : levelOf(fact)
      if (isShown(level, least)) logFact(lane, level, fact)
      if (fact.type === 'write_accepted') {
        if (lane.lane !== 'live') return
        if (!delays.has(key)) delays.set(key, delaySpread())
        delays.get(key)?.add(fact.delaysMs)
        return
      }
      const last = lastProgress.get(key) ?? now()
      // While nothing new comes, the position is committed less often than that.
      const mayProgress = fact.type === 'committed' || fact.type === 'idle'
      if (!mayProgress || now() - last < progressEveryMs) lastProgress.set(key, last)
      else {
        lastProgress.set(key, now())
        progress(lane, laneTotals)
      }
    },
    warning(pipeline, { code, message }) {
      log('warn', code, { pipeline, detail: message })
    },
    stateWarning({ code, message }) {
      log('warn', code, { detail: message })
    },
    reloaded(reload) {
      log('info', 'reloaded', reload)
    },
    reloadRefused(problems) {
      log('error', 'reload_refused', { detail: reloadRefusal(problems), problems })
    },
    stopping(signal) {
      log('info', 'stopping', { signal })
    },
    failed({ code, message }, pipeline) {
      log('error', 'failed', { pipeline, code, detail: message })
    },
    finished(results) {
      for (const { pipeline, delivered, fault } of results) {
        const { tooOld, late, longestDelayMs, ...others } = totals.ofPipeline(pipeline)
        const delays = late > 0 ? { late, longestDelayMs } : {}
        const { repeats: readAgain, ...counts } = delivered
        const done = {
          ...{ pipeline, ...counts, readAgain },
          ...(tooOld > 0 && { tooOld }),
          ...{ ...others, ...delays },
        }
        if (fault) log('error', 'failed', { ...done, code: fault.code, detail: fault.message })
        else log('info', 'finished', done)
      }
    },
  }
}

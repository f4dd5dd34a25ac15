import type { Writable } from 'node:stream'
import type { Fact } from '@asana-audit/core'
import { safeJson } from '../terminal/safe-text.ts'
import { type DelaySpread, delaySpread } from './delay-spread.ts'
import { addFact, coveredShare, newLaneTotals, type ProgressTotals } from './progress-totals.ts'
import { reloadRefusal } from './reload-sentences.ts'
import { type LaneRef, laneLabel, type Reporter } from './reporter.ts'
import { deletedInMs } from './retention-clock.ts'

type Level = 'info' | 'warn' | 'error'

/** Facts that a person may have to act on, with their level. All others are only counted and reported by `progress`. */
const levels: Partial<Record<Fact['type'], Level>> = {
  healed: 'warn',
  possible_loss: 'error',
  first_sight: 'info',
  retrying: 'warn',
  paused: 'error',
  resumed: 'info',
  quarantined: 'error',
  too_old: 'error',
  probed: 'info',
  late: 'info',
}

const progressEveryMs = 30_000

/** Structured logs, one JSON object a line: at once what may need a person, and progress every 30 s. */
export function logReporter(output: Writable, now: () => number = Date.now): Reporter {
  const totals = newLaneTotals()
  const lastProgress = new Map<string, number>()
  /** Of new events alone: the delays of a backlog are the ages of its events. */
  const delays = new Map<string, DelaySpread>()

  function log(level: Level, message: string, fields: object): void {
    const time = new Date(now()).toISOString()
    output.write(`${safeJson(JSON.stringify({ time, level, message, ...fields }))}\n`)
  }

  function progress(lane: LaneRef, laneTotals: ProgressTotals): void {
    const { events, quarantined, tooOld, requests, newestAt, caughtUp, covered } = laneTotals
    const { limitedBy } = covered ?? {}
    const share = covered && { covered: Number(coveredShare(covered).toFixed(4)), limitedBy }
    const clock = { deletedInMs: deletedInMs(newestAt, now()) }
    const delayMs = delays.get(laneLabel(lane))?.take()
    log('info', 'progress', {
      ...lane,
      events,
      quarantined,
      requests,
      newestAt,
      caughtUp,
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
      const isRepeat = fact.type === 'too_old' && laneTotals.tooOld > 0
      addFact(laneTotals, fact)
      if (fact.type === 'write_accepted') {
        if (lane.lane !== 'live') return
        if (!delays.has(key)) delays.set(key, delaySpread())
        delays.get(key)?.add(fact.delaysMs)
        return
      }
      const { type, message, ...fields } = { message: undefined, ...fact }
      const level = isRepeat ? undefined : levels[type]
      // How long a person may take to fix it before Asana deletes unread events.
      const clock = type === 'paused' ? { deletedInMs: deletedInMs(laneTotals.newestAt, now()) } : {}
      if (level) log(level, type, { ...lane, ...fields, ...clock, ...(message && { detail: message }) })
      const last = lastProgress.get(key) ?? now()
      // While nothing new comes, the position is committed less often than that.
      const mayProgress = type === 'committed' || type === 'idle'
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
        const done = { pipeline, ...delivered, ...(tooOld > 0 && { tooOld }), ...others, ...delays }
        if (fault) log('error', 'failed', { ...done, code: fault.code, detail: fault.message })
        else log('info', 'finished', done)
      }
    },
  }
}

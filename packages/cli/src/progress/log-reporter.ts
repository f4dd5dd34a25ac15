import type { Writable } from 'node:stream'
import type { Fact } from '@asana-audit/core'
import { safeJson } from '../terminal/safe-text.ts'
import { type Place, placeName, type Reporter } from './reporter.ts'
import { deletedInMs } from './retention-clock.ts'
import { count, coveredShare, newTallies, type Tally } from './tally.ts'

type Level = 'info' | 'warn' | 'error'

/** Facts a person may have to act on; the rest of the stream is summed up in `progress`. */
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

/** Structured logs, one JSON object a line, for when nobody watches: what needs attention at once, progress every 30 s. */
export function logReporter(output: Writable, now: () => number = Date.now): Reporter {
  const tallies = newTallies()
  const reported = new Map<string, number>()

  function log(level: Level, message: string, fields: object): void {
    const time = new Date(now()).toISOString()
    output.write(`${safeJson(JSON.stringify({ time, level, message, ...fields }))}\n`)
  }

  function progress(place: Place, tally: Tally): void {
    const { events, quarantined, tooOld, requests, newestAt, caughtUp, covered } = tally
    const { limitedBy } = covered ?? {}
    const share = covered && { covered: Number(coveredShare(covered).toFixed(4)), limitedBy }
    const clock = { deletedInMs: deletedInMs(newestAt, now()) }
    log('info', 'progress', {
      ...place,
      events,
      quarantined,
      requests,
      newestAt,
      caughtUp,
      ...(tooOld > 0 && { tooOld }),
      ...clock,
      ...share,
    })
  }

  return {
    started(places, statePath) {
      log('info', 'started', { pipelines: places.map(({ pipeline }) => pipeline), statePath })
    },
    fact(place, fact) {
      const key = placeName(place)
      const tally = tallies.of(place)
      // A backlog that is refused has one of these with every commit: the first says it, then progress counts.
      const isTold = fact.type === 'too_old' && tally.tooOld > 0
      count(tally, fact)
      const { type, message, ...fields } = { message: undefined, ...fact }
      const level = isTold ? undefined : levels[type]
      // What waits for a person must not wait longer than Asana does.
      const clock = type === 'paused' ? { deletedInMs: deletedInMs(tally.newestAt, now()) } : {}
      if (level) log(level, type, { ...place, ...fields, ...clock, ...(message && { detail: message }) })
      const last = reported.get(key) ?? now()
      if (type !== 'committed' || now() - last < progressEveryMs) reported.set(key, last)
      else {
        reported.set(key, now())
        progress(place, tally)
      }
    },
    warning(pipeline, { code, message }) {
      log('warn', code, { pipeline, detail: message })
    },
    stateWarning({ code, message }) {
      log('warn', code, { detail: message })
    },
    stopping(signal) {
      log('info', 'stopping', { signal })
    },
    failed({ code, message }, pipeline) {
      log('error', 'failed', { pipeline, code, detail: message })
    },
    finished(results) {
      for (const { pipeline, delivered, fault } of results) {
        const { tooOld, late, longestDelayMs, ...together } = tallies.together(pipeline)
        const delays = late > 0 ? { late, longestDelayMs } : {}
        const done = { pipeline, ...delivered, ...(tooOld > 0 && { tooOld }), ...together, ...delays }
        if (fault) log('error', 'failed', { ...done, code: fault.code, detail: fault.message })
        else log('info', 'finished', done)
      }
    },
  }
}

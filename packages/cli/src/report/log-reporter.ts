import type { Writable } from 'node:stream'
import type { Fact } from '@asana-audit/core'
import { type Place, placeName, type Reporter } from './reporter.ts'
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
  late: 'info',
}

const progressEveryMs = 30_000

/** Structured logs, one JSON object a line, for when nobody watches: what needs attention at once, progress every 30 s. */
export function logReporter(output: Writable, now: () => number = Date.now): Reporter {
  const tallies = newTallies()
  const reported = new Map<string, number>()

  function log(level: Level, message: string, fields: object): void {
    const time = new Date(now()).toISOString()
    output.write(`${JSON.stringify({ time, level, message, ...fields })}\n`)
  }

  function progress(place: Place, tally: Tally): void {
    const { events, quarantined, requests, newestAt, caughtUp, covered } = tally
    const { limitedBy } = covered ?? {}
    const share = covered && { covered: Number(coveredShare(covered).toFixed(4)), limitedBy }
    log('info', 'progress', { ...place, events, quarantined, requests, newestAt, caughtUp, ...share })
  }

  return {
    started(places, statePath) {
      log('info', 'started', { pipelines: places.map(({ pipeline }) => pipeline), statePath })
    },
    fact(place, fact) {
      const key = placeName(place)
      const tally = tallies.of(place)
      count(tally, fact)
      const { type, message, ...fields } = { message: undefined, ...fact }
      const level = levels[type]
      if (level) log(level, type, { ...place, ...fields, ...(message && { detail: message }) })
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
    failed({ code, message }) {
      log('error', 'failed', { code, detail: message })
    },
    finished(results) {
      for (const { pipeline, delivered, fault } of results) {
        const done = { pipeline, ...delivered, ...tallies.together(pipeline) }
        if (fault) log('error', 'failed', { ...done, code: fault.code, detail: fault.message })
        else log('info', 'finished', done)
      }
    },
  }
}

import type { Writable } from 'node:stream'
import type { Fact } from '@asana-audit/core'
import type { Reporter } from './reporter.ts'
import { count, newTally, type Tally } from './tally.ts'

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
  const tallies = new Map<string, Tally>()
  const reported = new Map<string, number>()

  function log(level: Level, message: string, fields: object): void {
    const time = new Date(now()).toISOString()
    output.write(`${JSON.stringify({ time, level, message, ...fields })}\n`)
  }

  function progress(pipeline: string, tally: Tally): void {
    const { events, quarantined, requests, newestAt, caughtUp } = tally
    log('info', 'progress', { pipeline, events, quarantined, requests, newestAt, caughtUp })
  }

  return {
    started(pipelines, statePath) {
      log('info', 'started', { pipelines, statePath })
      for (const pipeline of pipelines) {
        tallies.set(pipeline, newTally())
        reported.set(pipeline, now())
      }
    },
    fact(pipeline, fact) {
      const tally = tallies.get(pipeline) ?? newTally()
      count(tally, fact)
      const { type, message, ...fields } = { message: undefined, ...fact }
      const level = levels[type]
      if (level) log(level, type, { pipeline, ...fields, ...(message && { detail: message }) })
      if (type !== 'committed' || now() - (reported.get(pipeline) ?? 0) < progressEveryMs) return
      reported.set(pipeline, now())
      progress(pipeline, tally)
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
        const { requests = 0, newestAt } = tallies.get(pipeline) ?? {}
        const done = { pipeline, ...delivered, requests, newestAt }
        if (fault) log('error', 'failed', { ...done, code: fault.code, detail: fault.message })
        else log('info', 'finished', done)
      }
    },
  }
}

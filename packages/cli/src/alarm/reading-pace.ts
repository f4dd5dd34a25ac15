import { dayMs, hourMs, minuteMs } from '../duration.ts'

/** How fast a position in the log moves on. All times are milliseconds since 1970. */
export interface ReadingPace {
  /** The log was read up to there. */
  readUpTo(position: number, now: number): void
  /** Reading or writing failed for this long, in milliseconds. A short failure is part of the pace; after a long one it is measured anew. */
  stood(ms: number): void
  /** How much of the log was read lately, over a day at most, and in what time. Undefined before the first hour. */
  lately(now: number): { readonly readMs: number; readonly tookMs: number } | undefined
}

interface Sample {
  readonly position: number
  readonly at: number
}

/** A pace is measured over at least this time, so that a short stop raises no alarm. */
const measuredMs = hourMs
/** The least time between two samples, so that few are kept. */
const apartMs = 15 * minuteMs

export function readingPace(): ReadingPace {
  let samples: Sample[] = []
  let position = 0

  return {
    readUpTo(upTo, now) {
      position = Math.max(position, upTo)
      const last = samples.at(-1)
      if (last && now - last.at < apartMs) return
      samples = [...samples.filter(({ at }) => now - at <= dayMs), { position, at: now }]
    },
    stood(ms) {
      if (ms >= apartMs) samples = []
    },
    lately(now) {
      const first = samples.find(({ at }) => now - at <= dayMs) ?? samples.at(-1)
      if (!first || now - first.at < measuredMs) return undefined
      return { readMs: position - first.position, tookMs: now - first.at }
    },
  }
}

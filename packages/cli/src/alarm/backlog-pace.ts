import { retentionMs } from '@asana-audit/core/backlog'
import { dayMs, hourMs, minuteMs } from '../duration.ts'
import { age } from '../progress/age.ts'

/** How fast a backlog is read. All times are milliseconds since 1970. */
export interface BacklogPace {
  /** The log was read up to `upTo`; its end is `until`. */
  covered(upTo: number, until: number, now: number): void
  /** Reading or writing failed for so long, in milliseconds. A short failure is part of the pace; after a long one it is measured anew. */
  stood(ms: number): void
  /** A sentence if Asana deletes events of this backlog before they are read at the pace of the last day. */
  danger(now: number): string | undefined
}

interface Sample {
  readonly upTo: number
  readonly at: number
}

/** The pace is measured over at least this time and at most a day, so that a short stop raises no alarm. */
const measuredMs = hourMs
/** Between samples, so that few are kept. */
const apartMs = 15 * minuteMs

export function backlogPace(): BacklogPace {
  let samples: Sample[] = []
  let end = 0
  let position = 0

  return {
    covered(upTo, until, now) {
      end = until
      position = Math.max(position, upTo)
      const last = samples.at(-1)
      if (last && now - last.at < apartMs) return
      samples = [...samples.filter(({ at }) => now - at <= dayMs), { upTo: position, at: now }]
    },
    stood(ms) {
      if (ms >= apartMs) samples = []
    },
    danger(now) {
      const first = samples.find(({ at }) => now - at <= dayMs) ?? samples.at(-1)
      if (!first || now - first.at < measuredMs || position >= end) return undefined
      const [tookMs, readMs] = [now - first.at, position - first.upTo]
      // As fast as events are deleted: then none of the rest is deleted first.
      if (readMs >= tookMs) return undefined
      const leftMs = end - position
      const neededMs = (leftMs * tookMs) / readMs
      if (now + neededMs <= end + retentionMs) return undefined
      return `The backlog is read too slowly: in ${age(tookMs)}, ${age(readMs)} of the log were read, and Asana deletes events before they are reached at this pace. Give the token more requests a minute, or see whether the destination is slow; the status page and the log say what limits the pace.`
    },
  }
}

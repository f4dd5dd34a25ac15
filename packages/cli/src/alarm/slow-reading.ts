import { retentionMs } from '@asana-audit/core/backlog'
import { age } from '../progress/words/age.ts'
import type { ReadingPace } from './reading-pace.ts'

const next =
  'Give the token more requests a minute, or see whether the destination is slow; the status page and the log say what limits the pace.'

/** A sentence if Asana deletes events of a backlog, which is read up to `upTo`, before they are read at the pace of the last day. */
export function slowBacklog(
  pace: ReadingPace,
  { upTo, until }: { readonly upTo: number; readonly until: number },
  now: number,
): string | undefined {
  const lately = pace.lately(now)
  // If events are read at least as fast as they are deleted, none of the rest is deleted first.
  if (!lately || upTo >= until || lately.readMs >= lately.tookMs) return undefined
  const { readMs, tookMs } = lately
  const neededMs = ((until - upTo) * tookMs) / readMs
  if (now + neededMs <= until + retentionMs) return undefined
  return `The backlog is read too slowly: in ${age(tookMs)}, ${age(readMs)} of the log were read, and Asana deletes events before they are reached at this pace. ${next}`
}

/**
 * A sentence if new events are read more slowly than they come, and the oldest unread one is deleted within `soonMs`. While reading catches
 * up there is none, however old the events are.
 */
export function slowNewEvents(
  pace: ReadingPace,
  position: number,
  soonMs: number,
  now: number,
): string | undefined {
  const lately = pace.lately(now)
  const leftMs = position + retentionMs - now
  if (!lately || leftMs >= soonMs || lately.readMs >= lately.tookMs) return undefined
  const when = leftMs > 0 ? `in ${age(leftMs)}` : 'now'
  return `New events are read more slowly than they come: in ${age(lately.tookMs)}, ${age(lately.readMs)} of the log were read, and Asana begins to delete unread events ${when}. ${next}`
}

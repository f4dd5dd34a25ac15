import type { AuditLogEvent } from '@asana-audit/schema'
import type { Sharing } from '../../asana/audit-log-page.ts'
import type { Identity, Malformed } from '../../contract.ts'

/** A parsed and accepted page: its events, and what it says about where to continue. */
export interface ReadPage {
  readonly events: AuditLogEvent[]
  /** The identities of the events, in the same order. */
  readonly identities: readonly Identity[]
  readonly malformed: readonly Malformed[]
  /** The page has no data, before filters. */
  readonly isEmpty: boolean
  readonly offset: string | undefined
  /** The newest `created_at` so far, this page included, before filters. */
  readonly newest: string | undefined
  /** The oldest `created_at` of this page, before filters; undefined if one of its times cannot be read. */
  readonly oldest: string | undefined
  /** A hash of its content: equal for the same events. */
  readonly content: string
  /** How many entries it has, malformed ones included. */
  readonly count: number
  /** See `RawPage`. */
  readonly limit: number | undefined
  readonly sharing: Sharing | undefined
  /** See `FetchedPage`. */
  readonly bytes: number
  readonly receivedAt: number
  readonly heldMs: number
  readonly readBy: string | undefined
  /** Asana's clock, in milliseconds since 1970, or ours if Asana sends no time. Never before an event that has happened. */
  readonly serverNow: number
  /**
   * A time that two of these three have passed: Asana's clock, our clock, the newest event. Either clock may be hours off, or jump.
   * Never earlier than for the page before.
   */
  readonly present: number
  /** Our own clock at `present`, in milliseconds since 1970. It may be well before now if another pipeline requested the page. */
  readonly presentAt: number
  /** A time that both clocks have passed. If Asana sends no time: a day before ours. Only this may close a time range, since one clock can be fast. */
  readonly surelyPast: number
}

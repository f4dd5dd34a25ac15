import type { AuditLogEvent } from '@asana-audit/schema'
import type { Malformed } from '../contract.ts'

/** A page that was parsed and accepted: its events, and what it says about where to go on. */
export interface ReadPage {
  readonly events: AuditLogEvent[]
  readonly malformed: readonly Malformed[]
  /** Nothing was in it, before filters. */
  readonly isEmpty: boolean
  readonly offset: string | undefined
  /** The newest `created_at` up to and with this page, before filters. */
  readonly newest: string | undefined
  /** The oldest `created_at` of this page, before filters; undefined where that of something in it cannot be read. */
  readonly oldest: string | undefined
  /** Names what is in it: equal for the same events. */
  readonly content: string
  /** Events, and what is not an event. */
  readonly count: number
  /** How many were asked for at most; undefined: the server's own number. */
  readonly limit: number | undefined
  readonly bytes: number
  /** Asana's clock, in milliseconds since 1970; ours where it does not tell. Never before an event that has happened. */
  readonly serverNow: number
  /**
   * What two witnesses agree is past, of Asana's clock, ours and the newest event: either clock may be hours off, or jump. Never
   * earlier than for the page before.
   */
  readonly present: number
  /** What both clocks have passed, ours for a day where Asana does not tell: nothing may be closed on the word of one, which can be ahead. */
  readonly surelyPast: number
}

import type { ContextOf } from '../context/event-context.ts'
import { withContext } from '../context/with-context.ts'
import type { AuditLogEvent } from '../event/event.ts'
import { instantAt } from '../event/event-time.ts'
import { checkOptionNames, type OptionNames } from '../known-options.ts'
import { indicators } from '../log-record/indicators.ts'

/** An event as Panther's data lake stores it: the whole event, and the fields Panther adds. */
export interface PantherEvent extends AuditLogEvent {
  p_log_type: string
  /** `2026-01-02 03:04:05.678`, in UTC. */
  p_event_time: string
  /** The three lists are left out when empty. */
  p_any_emails?: string[]
  p_any_ip_addresses?: string[]
  p_any_usernames?: string[]
}

export interface PantherOptions {
  /**
   * The schema under which the event is stored.
   * @default 'Asana.Audit'
   */
  logType?: string
  /**
   * Adds what is known about an event beside it, for example with `openContext` of `@asana-audit/context`.
   *
   * It is the field `asana_audit_context`, which `Asana.Audit` does not have.
   */
  context?: ContextOf | undefined
}

const optionNames: OptionNames<PantherOptions> = { logType: true, context: true }

/**
 * Converts an event to the form that Panther's detections and searches see: the fields of `Asana.Audit` unchanged,
 * and the values of its indicators in lists. Nothing is left out, but a field of Asana's with the name of a `p_`
 * field is replaced by Panther's.
 */
export function toPanther(event: AuditLogEvent, options: PantherOptions = {}): PantherEvent {
  checkOptionNames('toPanther', optionNames, options)
  const { logType = 'Asana.Audit' } = options
  const { email, ip, username } = indicators(event)
  return {
    ...withContext(event, options.context?.(event)),
    p_log_type: logType,
    p_event_time: eventTime(event.created_at),
    ...(email.length > 0 && { p_any_emails: email }),
    ...(ip.length > 0 && { p_any_ip_addresses: ip }),
    ...(username.length > 0 && { p_any_usernames: username }),
  }
}

function eventTime(createdAt: string): string {
  const [seconds, nanos] = instantAt(createdAt)
  const time = new Date(seconds * 1000 + Math.floor(nanos / 1_000_000)).toISOString()
  return time.replace('T', ' ').replace('Z', '')
}

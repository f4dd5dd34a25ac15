import type { DecodedRecord } from '@asana-audit/otlp'
import { type AuditLogEvent, fromLogRecord } from '@asana-audit/schema'
import { findingEventName } from '../../progress/finding/finding.ts'
import { changedAttributes } from './changed-attributes.ts'

/**
 * The event of a record, and the names of `changedAttributes`. Or why there is none: the record is about something else, its attributes are
 * damaged, or it is a finding that a run with rules has written.
 */
export type RecordEvent =
  | { readonly event: AuditLogEvent; readonly changed: readonly string[] }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'finding' }
  | { readonly kind: 'damaged'; readonly message: string }

export function recordEvent(record: DecodedRecord): RecordEvent {
  if (record.eventName === findingEventName) return { kind: 'finding' }
  try {
    const event = fromLogRecord(record)
    return { event, changed: changedAttributes(record, event) }
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'not_an_audit_record') throw error
    const names = [record.eventName, ...Object.keys(record.attributes)]
    const isOurs = names.some((name) => name.startsWith('asana.audit.'))
    return isOurs ? { kind: 'damaged', message: (error as Error).message } : { kind: 'foreign' }
  }
}

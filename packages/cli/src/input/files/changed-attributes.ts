import { isDeepStrictEqual } from 'node:util'
import type { DecodedRecord } from '@asana-audit/otlp'
import { type AuditLogEvent, keepAll, toLogRecord } from '@asana-audit/schema'
import { ATTR_ASANA_AUDIT_RELEVANCE } from '@asana-audit/schema/semconv'

/**
 * The names of attributes that something on the way has removed or changed, such as a processor of a Collector. A record says much of its event
 * twice, in Asana's names and in those of the semantic conventions, so the two are compared. Of what it says only once, this notices only what
 * every record must have.
 */
export function changedAttributes(record: DecodedRecord, event: AuditLogEvent): string[] {
  const written = toLogRecord(event, { fieldPolicy: keepAll, observedTimestamp: record.observedTimestamp })
  const again = Object.entries(written.attributes).filter(([name]) => !name.startsWith('asana.audit.'))
  const changed = again.flatMap(([name, value]) =>
    isDeepStrictEqual(record.attributes[name], value) ? [] : [name],
  )
  if (record.attributes[ATTR_ASANA_AUDIT_RELEVANCE] === undefined) changed.push(ATTR_ASANA_AUDIT_RELEVANCE)
  if (record.eventName !== written.eventName) changed.push('the name of the event')
  return changed
}

import type { AuditLogRecord } from '@asana-audit/schema'

/** What Loki makes a label of by itself; other resource attributes become structured metadata. */
const ownFields = ['observed_timestamp', 'severity_number', 'scope_name', 'scope_version', 'detected_level']

/**
 * The names by which LogQL finds what is in a record that came through Loki's OTLP endpoint: of resource and attributes,
 * with an underscore for what is neither letter nor digit, and of a few fields of the record. The event's name is not kept.
 */
export function lokiNames(resource: object, records: Iterable<AuditLogRecord>): Set<string> {
  const names = new Set(ownFields)
  const add = (attributes: object) => {
    for (const name of Object.keys(attributes)) names.add(name.replaceAll(/[^A-Za-z0-9_]/g, '_'))
  }
  add(resource)
  for (const { attributes } of records) add(attributes)
  return names
}

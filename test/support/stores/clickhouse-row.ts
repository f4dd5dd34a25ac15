import type { AuditLogEvent } from '../../../packages/schema/src/index.ts'
import { expectedLog } from '../collector/expectation.ts'

/** A row of the Collector's exporter, its time in nanoseconds since 1970. */
export interface ExporterRow {
  readonly nanos: string
  readonly SeverityText: string
  readonly SeverityNumber: number
  readonly ServiceName: string
  readonly Body: string
  readonly ResourceAttributes: Readonly<Record<string, string>>
  readonly ScopeSchemaUrl: string
  readonly ScopeName: string
  readonly ScopeVersion: string
  readonly LogAttributes: Readonly<Record<string, string>>
  readonly EventName: string
}

/** Reads rows in this form, ordered by the uid. `from`: a table, with `FINAL` or without. */
export const rowsOf = (from: string): string => `
  SELECT toString(toUnixTimestamp64Nano(Timestamp)) AS nanos, SeverityText, SeverityNumber, ServiceName, Body,
    ResourceAttributes, ScopeSchemaUrl, ScopeName, ScopeVersion, LogAttributes, EventName
  FROM ${from} ORDER BY LogAttributes['log.record.uid']`

/**
 * What the exporter has to write for an event that happened in 1970 or later: the columns as they are, and every attribute as a text. `more`
 * are attributes beside those of the event.
 */
export function exporterRow(
  event: AuditLogEvent,
  workspace: string,
  more: Readonly<Record<string, unknown>> = {},
): ExporterRow {
  const log = expectedLog(event, { workspace })
  return {
    nanos: String(log.timeUnixNano),
    SeverityText: log.severityText,
    SeverityNumber: log.severityNumber,
    ServiceName: String(log.resource['service.name']),
    Body: String(log.body),
    ResourceAttributes: texts(log.resource),
    ScopeSchemaUrl: log.schemaUrl,
    ScopeName: log.scope.name,
    ScopeVersion: log.scope.version,
    LogAttributes: texts({ ...log.attributes, ...more }),
    EventName: log.eventName,
  }
}

/** Numbers and booleans as they are written, lists as the JSON of Go. */
function texts(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, text(value)]))
}

function text(value: unknown): string {
  if (typeof value !== 'object') return String(value)
  // Go writes the two line separators of Unicode as escapes.
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

/** An `INSERT` with these rows, for tests that need rows and no Collector. */
export function insertOf(table: string, rows: readonly ExporterRow[]): string {
  const lines = rows.map(({ nanos, ...row }) => JSON.stringify({ Timestamp: decimal(nanos), ...row }))
  return `INSERT INTO ${table} FORMAT JSONEachRow\n${lines.join('\n')}`
}

/** Seconds with nine digits after the point. */
function decimal(nanos: string): string {
  const padded = nanos.padStart(10, '0')
  return `${padded.slice(0, -9)}.${padded.slice(-9)}`
}

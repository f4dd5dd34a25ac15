import { otlpSink } from '@asana-audit/otlp'
import type { WriteRecord } from '@asana-audit/otlp/encoding'
import { type AuditLogEvent, auditScope } from '@asana-audit/schema'
import { writeLogRecord } from '@asana-audit/schema/encoder'
import { type DestinationOf, type OpenDestination, type Opening, unchanged } from './opening.ts'

export function openOtlp(
  { pipeline, resource, recordOptions, onWarning }: Opening,
  { options, maxInFlight, onUncertain }: DestinationOf<'otlp'>,
): OpenDestination {
  const writeRecord: WriteRecord<AuditLogEvent> = (event, put) => writeLogRecord(event, put, recordOptions)
  const connection = { ...options, proxy: pipeline.http.proxy, maxInFlight }
  const sink = otlpSink({ ...connection, resource, scope: auditScope, onWarning, writeRecord })
  return { sink, map: unchanged, onUncertain }
}

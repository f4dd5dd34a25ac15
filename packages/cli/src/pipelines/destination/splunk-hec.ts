import { type AuditLogEvent, keepAll, toLogRecord } from '@asana-audit/schema'
import { asanaHecEvent, type HecEvent, hecSink, otelHecEvent } from '@asana-audit/splunk-hec'
import { hecConnectionOf } from './hec-connection.ts'
import { type DestinationOf, type OpenDestination, type Opening, unchanged } from './opening.ts'

export function openSplunkHec(
  { pipeline, resource, recordOptions, onWarning }: Opening,
  destination: DestinationOf<'splunk-hec'>,
): OpenDestination {
  const asanaOptions = { fieldPolicy: keepAll, relevance: pipeline.relevance }
  const toHecEvent = (event: AuditLogEvent): HecEvent =>
    destination.format === 'otel'
      ? otelHecEvent(toLogRecord(event, recordOptions), { resource })
      : asanaHecEvent(event, asanaOptions)
  const sink = hecSink({ ...hecConnectionOf(pipeline, destination), onWarning, toHecEvent })
  return { sink, map: unchanged }
}

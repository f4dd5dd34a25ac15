import { type AuditLogEvent, keepAll, toLogRecord } from '@asana-audit/schema'
import { asanaHecEvent, type HecEvent, hecSink, otelHecEvent } from '@asana-audit/splunk-hec'
import { hecConnectionOf } from './hec-connection.ts'
import {
  type DestinationOf,
  type OpenDestination,
  type Opening,
  recordOptionsFor,
  unchanged,
} from './opening.ts'

export async function openSplunkHec(
  opening: Opening,
  destination: DestinationOf<'splunk-hec'>,
): Promise<OpenDestination> {
  const { pipeline, resource, onWarning, onFact, http, mark, context } = opening
  const asanaOptions = {
    ...{ fieldPolicy: keepAll, relevance: pipeline.relevance },
    ...{ replay: mark === 'replay', repair: mark === 'repair', context },
  }
  const toHecEvent = (event: AuditLogEvent): HecEvent =>
    destination.format === 'otel'
      ? otelHecEvent(toLogRecord(event, recordOptionsFor(opening, event)), { resource })
      : asanaHecEvent(event, asanaOptions)
  const connection = { ...hecConnectionOf(pipeline, destination), onWarning, onFact, http }
  if (!pipeline.detect) return { sink: hecSink({ ...connection, toHecEvent }), map: unchanged }
  const { eitherHecEvent } = await import('../../findings/finding-hec-event.ts')
  const { through } = await import('../../findings/finding-item.ts')
  const { name, workspace } = pipeline
  const either = eitherHecEvent(toHecEvent, { pipeline: name, workspace })
  const sink = hecSink({ ...connection, toHecEvent: either })
  return { sink, map: unchanged, sendFinding: through(sink) }
}

import { type AuditLogEvent, auditResourceAttributes, toLogRecord } from '@asana-audit/schema'
import { asanaHecEvent, type HecEvent, hecSink, otelHecEvent } from '@asana-audit/splunk-hec'
import { startHecReceiver } from '../../../splunk-hec/test/support/hec-receiver.ts'
import type { IndexedEvent } from './search-time.ts'

export const workspace = '1199999999999999'

const resource = auditResourceAttributes({ workspace })

/** The ways an event gets into Splunk. */
export const formats = {
  asana: (event) => asanaHecEvent(event),
  otel: (event) => otelHecEvent(toLogRecord(event), { resource }),
  'otel, structured details': (event) =>
    otelHecEvent(toLogRecord(event, { details: 'structured' }), { resource }),
} satisfies Record<string, (event: AuditLogEvent) => HecEvent>

export type Format = keyof typeof formats

/** The events as a collector has them after the sink, with its own defaults, has sent them. */
export async function deliver(
  events: readonly AuditLogEvent[],
  map: (event: AuditLogEvent) => HecEvent,
): Promise<IndexedEvent[]> {
  const receiver = await startHecReceiver()
  const sink = hecSink({ url: receiver.url, token: 'any', host: workspace })
  await sink.write(events.map(map), new AbortController().signal)
  await sink.close?.()
  return receiver.indexed.map(({ event, time, host, source, sourcetype, fields }) => ({
    raw: typeof event === 'string' ? event : JSON.stringify(event),
    time: time as number,
    host: host as string,
    source: source as string,
    sourcetype: sourcetype as string,
    indexed: (fields ?? {}) as Record<string, unknown>,
  }))
}

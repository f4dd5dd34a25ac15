import { type Clock, isFault, type Sink } from '../../../packages/core/src/index.ts'
import { otlpSink } from '../../../packages/otlp/src/index.ts'
import {
  type AuditLogRecord,
  auditResourceAttributes,
  auditScope,
} from '../../../packages/schema/src/index.ts'
import { hecSink, otelHecEvent } from '../../../packages/splunk-hec/src/index.ts'
import type { HistoryPlan } from './plan.ts'
import type { HistoryReceiver } from './receiver.ts'

/** The real sink for the protocol of the plan. */
export function historySink(
  plan: HistoryPlan,
  receiver: HistoryReceiver,
  workspace: string,
  clock: Clock,
): Sink<AuditLogRecord> {
  const { destination, maxRecords, inFlight } = plan
  const prefers = { records: maxRecords, inFlight }
  if (destination === 'http/protobuf' || destination === 'http/json' || destination === 'grpc') {
    const sink = otlpSink({
      url: destination === 'grpc' ? receiver.url : `${receiver.url}/v1/logs`,
      protocol: destination,
      maxRecords,
      resource: auditResourceAttributes({ workspace }),
      scope: auditScope,
    })
    return { ...sink, prefers }
  }
  const ack = destination === 'hec with ack'
  const sink = hecSink({
    url: receiver.url,
    token: 'history-token',
    maxBodyBytes: plan.maxBodyBytes,
    // Few polls until the timeout, because some ids are never acknowledged.
    ack: ack ? { timeoutMs: 600_000, slowestPollMs: 120_000 } : false,
    clock,
  })
  const events: Sink<AuditLogRecord> = {
    ...sink,
    prefers,
    write: (records, signal) =>
      sink.write(
        records.map((record) => otelHecEvent(record)),
        signal,
      ),
  }
  return ack ? noting(events, receiver) : events
}

/** With acknowledgement, records that were accepted but not acknowledged count as not accepted, as do those after them in the write. */
function noting(sink: Sink<AuditLogRecord>, { arrived, lost }: HistoryReceiver): Sink<AuditLogRecord> {
  return {
    ...sink,
    async write(records, signal) {
      const before = arrived.length
      try {
        await sink.write(records, signal)
      } catch (error) {
        if (isFault(error)) {
          const open = new Set(
            records.slice(error.accepted ?? 0).map(({ attributes }) => attributes['log.record.uid']),
          )
          for (const id of arrived.slice(before)) if (open.has(id)) lost.set(id, (lost.get(id) ?? 0) + 1)
        }
        throw error
      }
    },
  }
}

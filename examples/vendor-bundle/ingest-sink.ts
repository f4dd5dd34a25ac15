import type { FaultShape, Sink } from '@asana-audit/core'
import { type AuditLogEvent, type Indicators, indicators, severityNumber } from '@asana-audit/schema'
import { toJsonText } from '@asana-audit/schema/lossless'

/** What the product stores of an event: a few columns to search by, and all of it. */
export interface Message {
  readonly id: string
  readonly time: string
  readonly action: string
  readonly severity: number
  readonly actor: string | null
  readonly indicators: Indicators
  readonly original: AuditLogEvent
}

export function toMessage(event: AuditLogEvent): Message {
  return {
    id: event.gid,
    time: event.created_at,
    action: event.event_type,
    severity: severityNumber(event),
    actor: event.actor.email ?? event.actor.gid ?? null,
    indicators: indicators(event),
    original: event,
  }
}

/**
 * One tenant's way into the product's own ingest API. It answers 202 once the messages are stored, and 422 with the index of
 * the first message it will never take, having stored those before it.
 */
export function ingestSink(url: string, tenant: string): Sink<Message> {
  return {
    prefers: { records: 500, inFlight: 2 },
    async write(messages, signal) {
      const headers = { 'content-type': 'application/json', 'x-tenant': tenant }
      const response = await fetch(url, { method: 'POST', headers, body: toJsonText(messages), signal })
      const answer = (await response.json().catch(() => undefined)) as { index?: unknown } | undefined
      if (response.status === 202) return
      if (response.status === 422 && typeof answer?.index === 'number') {
        throw ingestFault({ fault: 'rejected', code: 'ingest_422', at: answer.index })
      }
      const code = `ingest_${response.status}`
      if ([401, 403, 404].includes(response.status)) throw ingestFault({ fault: 'fatal', code })
      const wait = Number(response.headers.get('retry-after')) * 1_000
      throw ingestFault({ fault: 'temporary', code, ...(wait > 0 && { retryAfterMs: wait }) })
    },
  }
}

function ingestFault(shape: FaultShape): Error & FaultShape {
  return Object.assign(new Error(`The ingest API refused a write (${shape.code}).`), shape)
}

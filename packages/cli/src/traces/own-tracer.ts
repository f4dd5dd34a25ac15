import { randomBytes } from 'node:crypto'
import type { HrTime, SpanAttributes, SpanParts, TracerParts } from '@asana-audit/metrics'
import type { OtlpSpan, SpanAttribute } from '@asana-audit/otlp/traces'

/** A span, and the parent of others. */
export interface OwnSpan extends SpanParts {
  readonly traceId: string
  readonly spanId: string
}

/** As the SDKs of OpenTelemetry have it. */
const mostEvents = 128

/**
 * All that `factTracer` needs of a Tracer. `ratio`: of all traces, the part that is kept, whole. `put` gets each span of these when it has
 * ended; it must not throw or wait.
 */
export function ownTracer(ratio: number, put: (span: OtlpSpan) => void): TracerParts<OwnSpan, OwnSpan> {
  return {
    startSpan(name, { startTime, attributes }, parent) {
      const traceId = parent?.traceId ?? randomBytes(16).toString('hex')
      const spanId = randomBytes(8).toString('hex')
      const events: OtlpSpan['events'][number][] = []
      let droppedEventsCount = 0
      let code: 0 | 2 = 0
      return {
        traceId,
        spanId,
        addEvent(event, its, time) {
          if (events.length < mostEvents)
            events.push({ timeUnixNano: nanos(time), name: event, attributes: written(its) })
          else droppedEventsCount += 1
        },
        setStatus(status) {
          code = status.code
        },
        end(time) {
          if (!isKept(traceId, ratio)) return
          put({
            ...{ traceId, spanId, ...(parent && { parentSpanId: parent.spanId }), name, kind: 1 },
            ...{ startTimeUnixNano: nanos(startTime), endTimeUnixNano: nanos(time) },
            ...{ attributes: written(attributes), events, droppedEventsCount, status: { code } },
          })
        },
      }
    },
  }
}

/** By the last seven bytes, which are random, as OpenTelemetry asks. */
function isKept(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-14), 16) / 2 ** 56 < ratio
}

function nanos([seconds, nanoseconds]: HrTime): string {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds))
}

function written(attributes: SpanAttributes): SpanAttribute[] {
  return Object.entries(attributes).map(([key, value]) => {
    if (typeof value === 'string') return { key, value: { stringValue: value } }
    return { key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } }
  })
}

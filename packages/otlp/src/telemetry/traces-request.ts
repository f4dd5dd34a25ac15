import { type Fields, writtenMessage } from '../encoding/message-writer.ts'
import type { OtlpProtocol } from '../settings/read-otlp-settings.ts'

// An ExportTraceServiceRequest as JSON has it: 64-bit integers are texts, ids are hexadecimal. Protobuf is written from the same.
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto

export interface SpanAttribute {
  readonly key: string
  readonly value:
    | { readonly stringValue: string }
    | { readonly intValue: string }
    | { readonly doubleValue: number }
}

export interface OtlpSpan {
  /** 16 bytes. */
  readonly traceId: string
  /** 8 bytes. */
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  /** 1: internal. */
  readonly kind: 1
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly SpanAttribute[]
  readonly events: readonly {
    readonly timeUnixNano: string
    readonly name: string
    readonly attributes: readonly SpanAttribute[]
  }[]
  readonly droppedEventsCount: number
  /** 0: not set, 2: an error. */
  readonly status: { readonly code: 0 | 2 }
}

export interface TracesRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly SpanAttribute[] }
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string; readonly version: string }
      readonly spans: readonly OtlpSpan[]
    }[]
  }[]
}

export function encodedTraces(request: TracesRequest, protocol: OtlpProtocol): Uint8Array {
  if (protocol === 'http/json') return Buffer.from(JSON.stringify(request))
  return writtenMessage(requestFields, request)
}

const attributeFields: Fields = {
  key: [1, 'text'],
  value: [2, { stringValue: [1, 'text'], intValue: [3, 'int64'], doubleValue: [4, 'double'] }],
}
const eventFields: Fields = {
  timeUnixNano: [1, 'fixed64'],
  name: [2, 'text'],
  attributes: [3, attributeFields],
}
const spanFields: Fields = {
  traceId: [1, 'hex'],
  spanId: [2, 'hex'],
  parentSpanId: [4, 'hex'],
  name: [5, 'text'],
  kind: [6, 'varint'],
  startTimeUnixNano: [7, 'fixed64'],
  endTimeUnixNano: [8, 'fixed64'],
  attributes: [9, attributeFields],
  events: [11, eventFields],
  droppedEventsCount: [12, 'varint'],
  status: [15, { code: [3, 'varint'] }],
}
const requestFields: Fields = {
  resourceSpans: [
    1,
    {
      resource: [1, { attributes: [1, attributeFields] }],
      scopeSpans: [2, { scope: [1, { name: [1, 'text'], version: [2, 'text'] }], spans: [2, spanFields] }],
    },
  ],
}

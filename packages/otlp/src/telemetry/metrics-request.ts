import { type Fields, writtenMessage } from '../encoding/message-writer.ts'
import type { OtlpProtocol } from '../settings/read-otlp-settings.ts'

// An ExportMetricsServiceRequest as JSON has it: 64-bit integers are texts. Protobuf is written from the same.
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto

export interface KeyValue {
  readonly key: string
  readonly value: { readonly stringValue: string }
}

interface Point {
  readonly attributes: readonly KeyValue[]
  readonly startTimeUnixNano?: string
  readonly timeUnixNano: string
}

export interface NumberPoint extends Point {
  readonly asDouble: number
}

export interface HistogramPoint extends Point {
  readonly count: string
  readonly sum: number
  readonly bucketCounts: readonly string[]
  readonly explicitBounds: readonly number[]
}

export interface OtlpMetric {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly gauge?: { readonly dataPoints: readonly NumberPoint[] }
  readonly sum?: {
    readonly dataPoints: readonly NumberPoint[]
    readonly aggregationTemporality: Temporality
    readonly isMonotonic: true
  }
  readonly histogram?: {
    readonly dataPoints: readonly HistogramPoint[]
    readonly aggregationTemporality: Temporality
  }
}

/** As OTLP numbers them: 1 since the last export, 2 since the start. */
export type Temporality = 1 | 2

export interface MetricsRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] }
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string; readonly version: string }
      readonly metrics: readonly OtlpMetric[]
    }[]
  }[]
}

export function encodedMetrics(request: MetricsRequest, protocol: OtlpProtocol): Uint8Array {
  if (protocol === 'http/json') return Buffer.from(JSON.stringify(request))
  return writtenMessage(requestFields, request)
}

const attributeFields: Fields = { key: [1, 'text'], value: [2, { stringValue: [1, 'text'] }] }
const times: Fields = { startTimeUnixNano: [2, 'fixed64'], timeUnixNano: [3, 'fixed64'] }
const numberFields: Fields = { ...times, asDouble: [4, 'double'], attributes: [7, attributeFields] }
const histogramFields: Fields = {
  ...times,
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  bucketCounts: [6, 'fixed64s'],
  explicitBounds: [7, 'doubles'],
  attributes: [9, attributeFields],
}
const metricFields: Fields = {
  name: [1, 'text'],
  description: [2, 'text'],
  unit: [3, 'text'],
  gauge: [5, { dataPoints: [1, numberFields] }],
  sum: [
    7,
    { dataPoints: [1, numberFields], aggregationTemporality: [2, 'varint'], isMonotonic: [3, 'bool'] },
  ],
  histogram: [9, { dataPoints: [1, histogramFields], aggregationTemporality: [2, 'varint'] }],
}
const requestFields: Fields = {
  resourceMetrics: [
    1,
    {
      resource: [1, { attributes: [1, attributeFields] }],
      scopeMetrics: [
        2,
        { scope: [1, { name: [1, 'text'], version: [2, 'text'] }], metrics: [2, metricFields] },
      ],
    },
  ],
}

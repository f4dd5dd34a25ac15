import { ByteWriter } from '@asana-audit/core/sink-kit'
import {
  close,
  delimited,
  double,
  fixed,
  fixed64,
  noKey,
  open,
  tag,
  text,
  varint,
  wireVarint,
} from '../encoding/protobuf-writer.ts'
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
  const to = new ByteWriter()
  writeMessage(to, requestFields, request)
  return to.buffer.subarray(0, to.length)
}

type Kind = 'text' | 'double' | 'fixed64' | 'varint' | 'bool' | 'doubles' | 'fixed64s' | Fields
/** The fields of a message by name: number and kind. A list is a repeated field. */
interface Fields {
  readonly [name: string]: readonly [number: number, kind: Kind]
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

function writeMessage(to: ByteWriter, fields: Fields, message: object): void {
  for (const [name, value] of Object.entries(message)) {
    const field = fields[name]
    if (!field) throw new Error(`There is no field ${name}.`)
    const [number, kind] = field
    if (typeof kind === 'object') {
      for (const one of Array.isArray(value) ? value : [value]) {
        const start = open(to, tag(number, delimited), 2)
        writeMessage(to, kind, one as object)
        close(to, start, 2)
      }
    } else writers[kind](to, number, value as never)
  }
}

const writers = {
  text: (to: ByteWriter, number: number, value: string) =>
    void text(to, [tag(number, delimited)], noKey, value),
  double(to: ByteWriter, number: number, value: number) {
    to.byte(tag(number, fixed))
    double(to, value)
  },
  fixed64(to: ByteWriter, number: number, value: string) {
    to.byte(tag(number, fixed))
    writeFixed64(to, value)
  },
  varint(to: ByteWriter, number: number, value: number) {
    to.byte(tag(number, wireVarint))
    varint(to, value)
  },
  bool(to: ByteWriter, number: number, value: boolean) {
    to.byte(tag(number, wireVarint))
    to.byte(value ? 1 : 0)
  },
  doubles(to: ByteWriter, number: number, values: readonly number[]) {
    const start = open(to, tag(number, delimited), 1)
    for (const value of values) double(to, value)
    close(to, start, 1)
  },
  fixed64s(to: ByteWriter, number: number, values: readonly string[]) {
    const start = open(to, tag(number, delimited), 1)
    for (const value of values) writeFixed64(to, value)
    close(to, start, 1)
  },
}

function writeFixed64(to: ByteWriter, digits: string): void {
  const value = BigInt(digits)
  fixed64(to, Number(value & 0xffff_ffffn), Number(value >> 32n))
}

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type AuditLogEvent, fromLogRecord } from '@asana-audit/schema'

/** A record as OTLP JSON writes it, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. */
export interface WrittenRecord {
  timeUnixNano: string
  severityNumber: number
  eventName: string
  body: { stringValue: string }
  attributes: { key: string; value: WrittenValue }[]
}

interface WrittenValue {
  stringValue?: string
  boolValue?: boolean
  intValue?: string
  doubleValue?: number
  arrayValue?: { values: WrittenValue[] }
}

interface WrittenLogs {
  resourceLogs: { scopeLogs: { logRecords: WrittenRecord[] }[] }[]
}

export interface Arrived {
  record: WrittenRecord
  /** The attributes as plain values. */
  attributes: Record<string, unknown>
  /** What Asana had sent, read back from the record. */
  event: AuditLogEvent
}

/** Reads a file of OTLP JSON lines back. */
export async function readArrived(path: string): Promise<Arrived[]> {
  const arrived: Arrived[] = []
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const { resourceLogs } = JSON.parse(line) as WrittenLogs
    for (const record of resourceLogs.flatMap(({ scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) => logRecords),
    )) {
      const attributes = Object.fromEntries(record.attributes.map(({ key, value }) => [key, plain(value)]))
      arrived.push({ record, attributes, event: fromLogRecord({ attributes }) })
    }
  }
  return arrived
}

function plain({ stringValue, boolValue, intValue, doubleValue, arrayValue }: WrittenValue): unknown {
  if (arrayValue) return arrayValue.values.map(plain)
  return stringValue ?? boolValue ?? doubleValue ?? (intValue === undefined ? null : Number(intValue))
}

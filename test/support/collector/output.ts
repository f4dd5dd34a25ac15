import { existsSync, readFileSync } from 'node:fs'

/**
 * Text, number, truth, null, and lists and maps of them. An integer past 2^53 is a bigint, one written as a double
 * `{ doubleValue }`.
 */
export type ArrivedValue = unknown

/** A record as a collector wrote it down, whole: what it has left out is empty, what has no place in here is in `others`. */
export interface ArrivedLog {
  readonly eventName: string
  readonly timeUnixNano: bigint
  readonly observedTimeUnixNano: bigint
  readonly severityNumber: number
  readonly severityText: string
  readonly body: ArrivedValue
  readonly attributes: Readonly<Record<string, ArrivedValue>>
  readonly resource: Readonly<Record<string, ArrivedValue>>
  readonly scope: { readonly name: string; readonly version: string }
  readonly schemaUrl: string
  readonly others: Readonly<Record<string, unknown>>
}

type Json = Readonly<Record<string, unknown>>

/** The records in a file of the collector's `file` exporter. What follows the last line feed was never accepted. */
export function readArrived(path: string): ArrivedLog[] {
  return readWritten(path).flatMap((written) => recordsOf(written as Json))
}

/** The same requests, as the collector wrote them. */
export function readWritten(path: string): unknown[] {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  return lines.slice(0, -1).map((line) => JSON.parse(line))
}

function recordsOf(logs: Json): ArrivedLog[] {
  return list(logs, 'resourceLogs').flatMap((resourceLogs) =>
    list(resourceLogs, 'scopeLogs').flatMap((scopeLogs) =>
      list(scopeLogs, 'logRecords').map((record) => arrivedLog(record, scopeLogs, resourceLogs)),
    ),
  )
}

function arrivedLog(record: Json, scopeLogs: Json, resourceLogs: Json): ArrivedLog {
  const {
    eventName = '',
    timeUnixNano = '0',
    observedTimeUnixNano = '0',
    severityNumber = 0,
    severityText = '',
    body = {},
    attributes: _attributes,
    ...others
  } = record
  const { attributes: _resourceAttributes, ...resourceOthers } = object(resourceLogs, 'resource')
  const { name = '', version = '', ...scopeOthers } = object(scopeLogs, 'scope')
  return {
    eventName: eventName as string,
    timeUnixNano: BigInt(timeUnixNano as string),
    observedTimeUnixNano: BigInt(observedTimeUnixNano as string),
    severityNumber: severityNumber as number,
    severityText: severityText as string,
    body: anyValue(body as Json),
    attributes: mapOf(list(record, 'attributes')),
    resource: mapOf(list(object(resourceLogs, 'resource'), 'attributes')),
    scope: { name: name as string, version: version as string },
    schemaUrl: (scopeLogs['schemaUrl'] ?? '') as string,
    others: { ...others, ...resourceOthers, ...scopeOthers },
  }
}

function anyValue(any: Json): ArrivedValue {
  const [[type, value] = ['', null], ...more] = Object.entries(any)
  if (more.length > 0) throw new Error(`a value twice: ${JSON.stringify(any)}`)
  switch (type) {
    case '':
      return null
    case 'stringValue':
    case 'boolValue':
      return value
    case 'doubleValue':
      return Number.isInteger(value) && !Object.is(value, -0) ? { doubleValue: value } : value
    case 'intValue': {
      const integer = BigInt(value as string)
      return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer
    }
    case 'arrayValue':
      return list(value as Json, 'values').map(anyValue)
    case 'kvlistValue':
      return mapOf(list(value as Json, 'values'))
    default:
      throw new Error(`a value of the type ${type}`)
  }
}

function mapOf(pairs: readonly Json[]): Record<string, ArrivedValue> {
  const entries = pairs.map((pair): [string, ArrivedValue] => [
    (pair['key'] ?? '') as string,
    anyValue(object(pair, 'value')),
  ])
  const map = Object.fromEntries(entries)
  if (Object.keys(map).length !== entries.length) throw new Error('a key twice')
  return map
}

function list(of: Json, name: string): readonly Json[] {
  return (of[name] ?? []) as readonly Json[]
}

function object(of: Json, name: string): Json {
  return (of[name] ?? {}) as Json
}

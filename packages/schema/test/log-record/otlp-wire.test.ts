import type { Logger as ModernLogger, LogRecord as ModernRecord } from '@opentelemetry/api'
import type { Logger as OldLogger, LogRecord as OldRecord } from '@opentelemetry/api-logs'
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { LoggerProvider, type LogRecordProcessor, type ReadableLogRecord } from '@opentelemetry/sdk-logs'
import * as fc from 'fast-check'
import { LoggerProvider as OldLoggerProvider, type LogRecordProcessor as OldProcessor } from 'sdk-logs-old'
import { describe, expect, test } from 'vitest'
import {
  type AuditLogEvent,
  type AuditLogRecord,
  auditScope,
  emit,
  fromLogRecord,
  keepAll,
  toLogRecord,
} from '../../src/index.ts'
import type { Instant } from '../../src/lossless.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { holds } from '../support/holds.ts'
import { sameJson } from '../support/same-json.ts'
import { decodeJson, decodeProtobuf } from './otlp-decoder.ts'

const eventAndForm = fc.tuple(arbitraryEvent, fc.constantFrom('json' as const, 'structured' as const))

function mapped(event: AuditLogEvent, details: 'json' | 'structured'): AuditLogRecord {
  return toLogRecord(event, {
    fieldPolicy: keepAll,
    details,
    observedTimestamp: [1_790_000_000, 123_456_789],
  })
}

/** The parts of a record that reach an exporter, in both versions of the SDK. */
type Emitted = Pick<
  ReadableLogRecord,
  | 'attributes'
  | 'droppedAttributesCount'
  | 'body'
  | 'eventName'
  | 'hrTime'
  | 'hrTimeObserved'
  | 'severityNumber'
>

function modernSdk() {
  const emitted: ReadableLogRecord[] = []
  const capture: LogRecordProcessor = {
    onEmit: (record) => void emitted.push(record),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const provider = new LoggerProvider({ processors: [capture] })
  const { name, version, schemaUrl } = auditScope
  return { logger: provider.getLogger(name, version, { schemaUrl }), emitted }
}

function oldSdk() {
  const emitted: Emitted[] = []
  const capture: OldProcessor = {
    onEmit: (record) => void emitted.push(record as unknown as Emitted),
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const provider = new OldLoggerProvider({ processors: [capture] })
  return { logger: provider.getLogger(auditScope.name, auditScope.version), emitted }
}

function reaches(emitted: Emitted | undefined, record: AuditLogRecord): boolean {
  return (
    emitted?.droppedAttributesCount === 0 &&
    sameJson(emitted.attributes, record.attributes) &&
    sameJson(emitted.hrTime, record.timestamp) &&
    sameJson(emitted.hrTimeObserved, record.observedTimestamp) &&
    emitted.eventName === record.eventName &&
    emitted.severityNumber === record.severityNumber &&
    emitted.body === record.body
  )
}

describe.each([
  ['@opentelemetry/sdk-logs 3', modernSdk],
  ['@opentelemetry/sdk-logs 0.2', oldSdk],
])('%s', (_line, sdk) => {
  test('drops nothing of any record', () => {
    const { logger, emitted } = sdk()
    holds(
      eventAndForm,
      ([event, details]) => {
        const record = mapped(event, details)
        logger.emit(record)
        return reaches(emitted.pop(), record)
      },
      500,
    )
  })

  test('accepts events through emit', () => {
    const { logger, emitted } = sdk()
    for (const event of samples) emit(logger, event, { fieldPolicy: keepAll })
    expect(emitted.map(fromLogRecord)).toEqual(samples)
  })
})

test('a record is a LogRecord of both API packages, and their Loggers accept it', () => {
  const record = toLogRecord(samples[0] as never)
  const modern: ModernRecord = record
  const old: OldRecord = record
  const takes: (logger: ModernLogger | OldLogger) => void = (logger) => logger.emit(record)
  // @ts-expect-error: a text is not a time
  const bad: AuditLogRecord = { ...record, timestamp: '2026-01-01T00:00:00Z' }
  // @ts-expect-error: OTLP cannot carry a Date, and the SDK would drop it
  const worse: AuditLogRecord['attributes'] = { at: new Date(0) }
  expect([modern, old]).toEqual([record, record])
  expect([typeof takes, bad, worse]).toBeDefined()
})

describe.each([
  ['http/json', JsonLogsSerializer, decodeJson],
  ['http/protobuf', ProtobufLogsSerializer, decodeProtobuf],
])('over %s', (_protocol, serializer, decode) => {
  test('a strict decoder accepts every record and reads it unchanged', () => {
    const { logger, emitted } = modernSdk()
    holds(
      eventAndForm,
      ([event, details]) => {
        const record = mapped(event, details)
        logger.emit(record)
        const request = serializer.serializeRequest(emitted.splice(0))
        const [received] = decode(request ?? new Uint8Array())
        return (
          received !== undefined &&
          sameJson(received.attributes, record.attributes) &&
          received.body === record.body &&
          received.eventName === record.eventName &&
          received.severityNumber === record.severityNumber &&
          received.timeUnixNano === nanos(record.timestamp) &&
          received.observedTimeUnixNano === nanos(record.observedTimestamp) &&
          sameJson(fromLogRecord(received), event)
        )
      },
      500,
    )
  })
})

function nanos([seconds, nanoseconds]: Instant): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)
}

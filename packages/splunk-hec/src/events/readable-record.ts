import type { OtelLogRecord } from './otel-hec-event.ts'

/** The parts of a `ReadableLogRecord` of `@opentelemetry/sdk-logs` (0.2xx and 3.x) that are used. */
export interface ReadableRecord {
  readonly hrTime: readonly [number, number]
  readonly hrTimeObserved: readonly [number, number]
  readonly severityNumber?: number | undefined
  readonly severityText?: string | undefined
  readonly body?: unknown
  readonly eventName?: string | undefined
  readonly spanContext?: { readonly traceId: string; readonly spanId: string } | undefined
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: {
    readonly attributes: Readonly<Record<string, unknown>>
    readonly asyncAttributesPending?: boolean
    waitForAsyncAttributes?(): Promise<void>
  }
}

export function toOtelLogRecord(record: ReadableRecord): OtelLogRecord {
  const { hrTime, hrTimeObserved, spanContext, attributes } = record
  const { severityNumber, severityText, body, eventName } = record
  return {
    timestamp: hrTime,
    observedTimestamp: hrTimeObserved,
    severityNumber,
    severityText,
    body,
    eventName,
    traceId: spanContext?.traceId,
    spanId: spanContext?.spanId,
    attributes,
  }
}

/** Resolves when every resource has all its attributes; detectors of cloud hosts load some over the network. */
export async function asyncAttributesOf(records: readonly ReadableRecord[]): Promise<void> {
  const resources = new Set(records.map(({ resource }) => resource))
  await Promise.all(
    [...resources].map((resource) => resource.asyncAttributesPending && resource.waitForAsyncAttributes?.()),
  )
}

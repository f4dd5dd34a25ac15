import type { AttributeValue, AuditLogRecord } from '@asana-audit/schema'
import type { Scope } from '../encoding/origin.ts'

/** The values of a resource attribute that the types of both SDK lines accept. */
export type ResourceValue = string | number | boolean | string[] | number[] | boolean[]

/** The part of an SDK's `Resource` that exporters use; `resourceFromAttributes` of `@opentelemetry/resources` makes one. */
export interface SdkResource<Value = unknown> {
  readonly attributes: Readonly<Record<string, Value>>
  readonly schemaUrl?: string
  readonly asyncAttributesPending?: boolean
  waitForAsyncAttributes?(): Promise<void>
  merge(other: SdkResource | null): SdkResource<Value>
  getRawAttributes(): [key: string, value: Value][]
}

/**
 * The record an exporter receives: a `ReadableLogRecord` of `@opentelemetry/sdk-logs`, 0.2xx or 3.x, as plain data.
 */
export interface ReadableRecord {
  readonly hrTime: AuditLogRecord['timestamp']
  readonly hrTimeObserved: AuditLogRecord['observedTimestamp']
  readonly severityNumber: number
  readonly body: string
  readonly eventName: string
  readonly attributes: Record<string, AttributeValue>
  readonly droppedAttributesCount: number
  readonly resource: SdkResource<ResourceValue>
  readonly instrumentationScope: Scope
}

/**
 * Every record gets the same two objects: exporters group by object identity, and would otherwise repeat them for
 * each record.
 */
export function toReadableRecord(
  resource: SdkResource<ResourceValue>,
  instrumentationScope: Scope,
): (record: AuditLogRecord) => ReadableRecord {
  return (record) => ({
    hrTime: record.timestamp,
    hrTimeObserved: record.observedTimestamp,
    severityNumber: record.severityNumber,
    body: record.body,
    eventName: record.eventName,
    attributes: record.attributes,
    droppedAttributesCount: 0,
    resource,
    instrumentationScope,
  })
}

export function isSdkResource(resource: object): resource is SdkResource {
  return typeof (resource as Partial<SdkResource>).getRawAttributes === 'function'
}

export function sdkResource(attributes: Readonly<Record<string, unknown>>): SdkResource {
  return {
    attributes,
    asyncAttributesPending: false,
    merge: (other) => sdkResource({ ...attributes, ...other?.attributes }),
    getRawAttributes: () => Object.entries(attributes),
  }
}

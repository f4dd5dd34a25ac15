import {
  type AuditLogEvent,
  auditResourceAttributes,
  toLogRecord,
} from '../../../packages/schema/src/index.ts'

/** A record as a store has it, found by its attributes and those of its resource. */
export interface StoredRecord {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly attributes: { readonly [name: string]: unknown }
}

/** That of the simulator. */
export const workspace = '1234567890123456'

/** The events as `toLogRecord` maps them. */
export function storedRecords(events: readonly AuditLogEvent[], of = workspace): StoredRecord[] {
  const resource = auditResourceAttributes({ workspace: of })
  return events.map((event) => {
    const { timestamp, attributes } = toLogRecord(event)
    const [seconds, nanoseconds] = timestamp
    return { time: seconds * 1_000 + nanoseconds / 1e6, attributes: { ...resource, ...attributes } }
  })
}

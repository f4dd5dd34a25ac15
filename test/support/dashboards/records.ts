import type { ContextOf } from '../../../packages/schema/src/context.ts'
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

/** A country for each address, as a database of places would say it. */
export const context: ContextOf = ({ context: client }) => {
  const address = client?.client_ip_address
  if (typeof address !== 'string') return undefined
  const countryIsoCode = ['DE', 'FR', 'US'][address.length % 3]
  return { geo: { countryIsoCode } }
}

/** The events as `toLogRecord` maps them, each with the country of its address. */
export function storedRecords(events: readonly AuditLogEvent[], of = workspace): StoredRecord[] {
  const resource = auditResourceAttributes({ workspace: of })
  return events.map((event) => {
    const { timestamp, attributes } = toLogRecord(event, { context })
    const [seconds, nanoseconds] = timestamp
    return { time: seconds * 1_000 + nanoseconds / 1e6, attributes: { ...resource, ...attributes } }
  })
}

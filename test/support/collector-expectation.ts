import {
  auditResourceAttributes,
  auditScope,
  parseAuditLogEvent,
  toLogRecord,
} from '../../packages/schema/src/index.ts'
import type { ArrivedLog } from './collector-output.ts'

export interface ExpectationOptions {
  readonly workspace: string
  readonly details?: 'json' | 'structured'
}

/** What has to arrive for an event, but for the time it was observed: what `toLogRecord` says, in the form of the output. */
export function expectedLog(
  event: unknown,
  { workspace, details = 'json' }: ExpectationOptions,
): Omit<ArrivedLog, 'observedTimeUnixNano'> {
  const parsed = parseAuditLogEvent(event)
  if ('reason' in parsed) throw new Error(parsed.reason)
  const { eventName, timestamp, severityNumber, body, attributes } = toLogRecord(parsed.event, { details })
  return {
    eventName,
    timeUnixNano: BigInt(timestamp[0]) * 1_000_000_000n + BigInt(timestamp[1]),
    severityNumber,
    severityText: '',
    body: wellFormed(body),
    attributes: wellFormed(attributes) as ArrivedLog['attributes'],
    resource: auditResourceAttributes({ workspace }),
    scope: { name: auditScope.name, version: auditScope.version },
    schemaUrl: auditScope.schemaUrl,
    others: {},
  }
}

/** No wire carries half a surrogate pair; U+FFFD stands for it. */
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.toWellFormed(), wellFormed(member)]),
  )
}

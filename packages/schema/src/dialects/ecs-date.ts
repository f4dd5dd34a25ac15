import type { Instant } from '../event/instant.ts'

/**
 * A time as Elasticsearch reads it: UTC, with a year of four digits. One beyond those years is 1970, as in OTLP where it
 * means "unknown"; `asana.audit.created_at` has it.
 */
export function ecsDate([seconds, nanos]: Instant): string {
  const text = new Date(seconds * 1000 + Math.floor(nanos / 1_000_000)).toISOString()
  if (text.length !== 24) return ecsDate([0, 0])
  if (nanos % 1_000_000 === 0) return text
  return `${text.slice(0, 20)}${String(nanos).padStart(9, '0')}Z`
}

import { toJsonText } from '@asana-audit/schema/lossless'

/** Deeper than any real attribute, and far from a stack overflow. */
const deepest = 64

/**
 * An OpenTelemetry value as the collector writes it in JSON: bytes in base64. Values JSON cannot hold (NaN,
 * infinities, bigints) become text, and so does everything deeper than 64 levels.
 */
export function plainValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (depth === deepest) return toJsonText(value)
  if (Array.isArray(value)) return value.map((item) => plainValue(item, depth + 1))
  // `fromEntries` instead of assignment, so that `__proto__` is a key like any other.
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, plainValue(member, depth + 1)]),
  )
}

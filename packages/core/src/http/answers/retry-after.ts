import { dayMs, hourMs, minuteMs } from '../../duration.ts'
import type { FaultShape } from '../../fault.ts'

/**
 * The wait that a `Retry-After` header asks for, in milliseconds: seconds or an HTTP date (RFC 9110 section 10.2.3), or seconds with a
 * fraction, which some servers send. Undefined without a readable one. `now` is in milliseconds since 1970. Limit the wait with
 * `waitableMs`.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim()
  if (!text) return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER)
  const date = Date.parse(text)
  // A text without a letter is not an HTTP date: Date.parse reads "-5" as a month.
  return Number.isNaN(date) || !/[A-Za-z]/.test(text) ? undefined : Math.max(0, date - now)
}

/** Adds the wait of a readable `Retry-After` to the shape of a temporary fault. */
export function withRetryAfter(shape: FaultShape, header: string | undefined, now: number): FaultShape {
  if (shape.fault !== 'temporary') return shape
  const askedMs = retryAfterMs(header, now)
  return askedMs === undefined ? shape : { ...shape, retryAfterMs: askedMs }
}

/** Ten minutes. A longer wait comes from a wrong clock or a wrong unit. */
const longestMs = 10 * minuteMs

/** The wait a server asked for, limited to ten minutes. */
export function waitableMs(askedMs: number): number {
  return Math.min(askedMs, longestMs)
}

/** For the end of a message, if a server asks for a longer wait than the limit; else empty. */
export function cutShort(askedMs: number | undefined): string {
  return askedMs !== undefined && askedMs > longestMs
    ? ` It asked to wait ${inWords(askedMs)}; waiting ${inWords(longestMs)}.`
    : ''
}

/** For the end of a message, if we do not wait at all. */
export function askedToWait(askedMs: number): string {
  return ` It asked to wait ${inWords(askedMs)}.`
}

const units = [
  ['years', 365.25 * dayMs],
  ['days', dayMs],
  ['hours', hourMs],
  ['min', minuteMs],
] as const

function inWords(ms: number): string {
  const [unit, length] = units.find(([, length]) => ms >= 2 * length) ?? (['s', 1_000] as const)
  return `${Math.ceil(ms / length)} ${unit}`
}

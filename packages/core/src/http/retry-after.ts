import { dayMs, hourMs, minuteMs } from '../duration.ts'
import type { FaultShape } from '../fault.ts'

/**
 * How long a `Retry-After` header asks to wait, in milliseconds: seconds or an HTTP date, RFC 9110 section 10.2.3, and seconds with a
 * fraction, which some servers send. Undefined without a readable one. `now` is in milliseconds since 1970. Whoever waits for it
 * does so for `waitableMs` of it.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim()
  if (!text) return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER)
  const date = Date.parse(text)
  // A date without a letter is not an HTTP date: Date.parse takes "-5" for a month.
  return Number.isNaN(date) || !/[A-Za-z]/.test(text) ? undefined : Math.max(0, date - now)
}

/** The shape of an answer's fault, with the wait its `Retry-After` asks for: a temporary one has it, if it is readable. */
export function withRetryAfter(shape: FaultShape, header: string | undefined, now: number): FaultShape {
  if (shape.fault !== 'temporary') return shape
  const askedMs = retryAfterMs(header, now)
  return askedMs === undefined ? shape : { ...shape, retryAfterMs: askedMs }
}

/** Ten minutes. Nobody means more: behind it is a clock that is wrong or a number without a unit. */
const longestMs = 10 * minuteMs

/** What is waited of what a server has asked for. */
export function waitableMs(askedMs: number): number {
  return Math.min(askedMs, longestMs)
}

/** For the end of a message, where a server asks for longer than is waited; else empty. */
export function cutShort(askedMs: number | undefined): string {
  return askedMs !== undefined && askedMs > longestMs
    ? ` It asked to wait ${inWords(askedMs)}; waiting ${inWords(longestMs)}.`
    : ''
}

/** The same where it is not waited for at all, with what was asked for. */
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

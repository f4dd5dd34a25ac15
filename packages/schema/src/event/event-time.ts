import { type Instant, parseInstant, parseMillis } from './instant.ts'

/**
 * Milliseconds since 1970 of a time (RFC 3339) that was checked when it arrived. Throws a TypeError for anything
 * else, because a guess would become the time of an event.
 */
export function millisAt(time: string): number {
  return readable(time, parseMillis(time))
}

/** The same, without losing digits. */
export function instantAt(time: string): Instant {
  return readable(time, parseInstant(time))
}

function readable<T>(time: string, read: T | undefined): T {
  if (read === undefined) throw new TypeError(`Not a time: ${JSON.stringify(time)}.`)
  return read
}

/** The same as `millisAt`; undefined for undefined. */
export function millisOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : millisAt(time)
}

/**
 * The time of raw data that may not be a valid event, in milliseconds since 1970; undefined without a readable
 * `created_at`.
 */
export function rawEventTime(raw: unknown): number | undefined {
  const { created_at: createdAt } = Object(raw) as { created_at?: unknown }
  return typeof createdAt === 'string' ? parseMillis(createdAt) : undefined
}

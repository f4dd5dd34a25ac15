import { type Instant, lastSecond } from '@asana-audit/schema/lossless'

/** Nanoseconds since 1970 as the low and high 32 bits, exact without BigInt, which costs more than the rest of a record. */
export function unixNanoWords(instant: Instant): [low: number, high: number] {
  const [seconds, nanos] = checked(instant)
  // Computed in two parts, so that each product stays below 2^53; and without %, which is slow past 2^31.
  const [upper, lower] = split(seconds, 2 ** 16)
  const [high, middle] = split(upper * 1e9, 2 ** 16)
  const [carry, low] = split(middle * 2 ** 16 + lower * 1e9 + nanos, 2 ** 32)
  return [low, high + carry]
}

function split(value: number, by: number): [quotient: number, rest: number] {
  const quotient = Math.floor(value / by)
  return [quotient, value - quotient * by]
}

/** The same as decimal digits. */
export function unixNanoDigits(instant: Instant): string {
  const [seconds, nanos] = checked(instant)
  return seconds === 0 ? String(nanos) : `${seconds}${String(nanos).padStart(9, '0')}`
}

function checked(instant: Instant): Instant {
  const [seconds, nanos] = instant
  const fits = Number.isInteger(seconds) && seconds >= 0 && seconds <= lastSecond
  if (fits && Number.isInteger(nanos) && nanos >= 0 && nanos < 1e9) return instant
  throw new RangeError(`[${seconds}, ${nanos}] is not a time from 1970 to 2554`)
}

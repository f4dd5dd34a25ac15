import { parseInstant } from '@asana-audit/schema/lossless'

/** Microseconds since 1970 of a time (RFC 3339) that was checked when it arrived. Digits past the sixth are cut. */
export function microsAt(time: string): bigint {
  const instant = parseInstant(time)
  if (!instant) throw new TypeError(`Not a time: ${JSON.stringify(time)}.`)
  const [seconds, nanos] = instant
  return BigInt(seconds) * 1_000_000n + BigInt(Math.floor(nanos / 1_000))
}

import { instantAt } from '@asana-audit/schema/lossless'

/** Microseconds since 1970 of a time (RFC 3339) that was checked when it arrived. Digits past the sixth are cut. */
export function microsAt(time: string): bigint {
  const [seconds, nanos] = instantAt(time)
  return BigInt(seconds) * 1_000_000n + BigInt(Math.floor(nanos / 1_000))
}

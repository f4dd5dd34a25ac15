import { anySignal } from '../abort/any-signal.ts'
import type { RawPage } from '../asana/audit-log-page.ts'
import { systemClock } from '../clock.ts'
import { type RetryPolicy, retry } from '../retry.ts'
import { pageWithinCap } from '../source/page-reader.ts'
import type { AsanaSourceOptions } from '../source/source-options.ts'

/** Asana's clock in milliseconds since 1970, by one small request; our clock if Asana sends no time. */
export async function asanaNow(
  options: AsanaSourceOptions,
  retryPolicy: Omit<RetryPolicy, 'part'>,
): Promise<number> {
  const { clock = systemClock } = options
  // One second ago: the answer is small, and the time is not in the future for either clock.
  const startAt = new Date(clock.now() - 1_000).toISOString()
  const ask = (timeUp: AbortSignal): Promise<RawPage> =>
    pageWithinCap(options, { startAt }, undefined, anySignal(retryPolicy.signal, timeUp))
  const { date } = await retry(ask, { ...retryPolicy, part: 'source', clock })
  return date ?? clock.now()
}

import type { AsanaSourceOptions } from './asana-source.ts'
import { systemClock } from './clock.ts'
import { pageWithinCap } from './page-reader.ts'
import { type Patience, retry } from './retry.ts'

/** Asana's clock in milliseconds since 1970, by one small request; ours where it does not tell. */
export async function asanaNow(
  options: AsanaSourceOptions,
  patience: Omit<Patience, 'part'>,
): Promise<number> {
  const { clock = systemClock } = options
  // A moment ago, so that the answer is small and the time is not in the future for either clock.
  const startAt = new Date(clock.now() - 1_000).toISOString()
  const { date } = await retry(() => pageWithinCap(options, { startAt }, undefined, patience.signal), {
    ...patience,
    part: 'source',
    clock,
  })
  return date ?? clock.now()
}

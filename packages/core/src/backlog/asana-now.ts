import type { RetryPolicy } from '../retry.ts'
import type { AsanaSourceOptions } from '../source/source-options.ts'
import { presentMoment } from './moment.ts'

/** Asana's clock in milliseconds since 1970, by one small request; our clock if Asana sends no time. */
export async function asanaNow(
  options: AsanaSourceOptions,
  retryPolicy: Omit<RetryPolicy, 'part'>,
): Promise<number> {
  return (await presentMoment(options, retryPolicy)).asana
}

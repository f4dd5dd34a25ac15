import { anySignal } from '../abort/any-signal.ts'
import { systemClock } from '../clock.ts'
import { minuteMs } from '../duration.ts'
import { type RetryPolicy, retry } from '../retry.ts'
import { pageRequests } from '../source/page-requests.ts'
import type { FetchedPage } from '../source/pages/fetched-page.ts'
import type { AsanaSourceOptions } from '../source/source-options.ts'

/** When Asana answered: milliseconds since 1970. */
export interface Moment {
  /** By Asana's clock, or by ours if Asana sends no time. */
  readonly asana: number
  readonly own: number
}

export function momentOf({ date, receivedAt }: FetchedPage): Moment {
  return { asana: date ?? receivedAt, own: receivedAt }
}

/** Pipelines that start within this time use the same answers, and so divide the log at the same moment. */
export const shareableMs: number = minuteMs

/** The present, by one small request. */
export async function presentMoment(
  options: AsanaSourceOptions,
  retryPolicy: Omit<RetryPolicy, 'part'>,
): Promise<Moment> {
  const { clock = systemClock } = options
  const requests = pageRequests(options)
  // A second or two ago: the answer is small, and the time is not in the future for either clock. A whole second, so that pipelines
  // that start together make one request.
  const startAt = new Date(Math.floor(clock.now() / 1_000 - 1) * 1_000).toISOString()
  const ask = (timeUp: AbortSignal): Promise<FetchedPage> =>
    requests.ask(
      { startAt },
      undefined,
      anySignal(retryPolicy.signal, timeUp),
      ({ ageMs }) => ageMs < shareableMs,
    )
  return momentOf(await retry(ask, { ...retryPolicy, part: 'source', clock }))
}

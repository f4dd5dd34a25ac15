import type { Clock } from '../clock.ts'
import type { OnFact } from '../fact.ts'
import type { HttpResponse } from '../http/answers/http-response.ts'

/** Who is told about each request that has ended. */
export interface Watch {
  readonly onFact: OnFact
  readonly clock: Clock
}

/** Called when a request is wanted; the result makes it, once the request budget allows, and reports it. */
export function turnOf(
  { onFact, clock }: Watch,
  signal: AbortSignal | undefined,
): (exchange: () => Promise<HttpResponse>) => Promise<HttpResponse> {
  const wantedAt = clock.now()
  return async (exchange) => {
    const startedAt = clock.now()
    let status: number | undefined
    try {
      const answer = await exchange()
      status = answer.status
      return answer
    } finally {
      const ms = clock.now() - startedAt
      if (!signal?.aborted) onFact({ type: 'requested', status, ms, waitedMs: startedAt - wantedAt })
    }
  }
}

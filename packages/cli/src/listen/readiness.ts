import { type DurableState, toFault } from '@asana-audit/core'
import { type Answer, plain } from './answer.ts'
import { cached } from './cached.ts'
import type { LiveStatus } from './live-status.ts'

const probeEveryMs = 5_000

/**
 * Ready: all pipelines are claimed, and positions can be saved. A destination that is down does not matter: a restart would not help. No
 * path is named, because probes need no token.
 */
export function readiness(live: LiveStatus, state: Pick<DurableState, 'probe'>): () => Promise<Answer> {
  const stateFault = cached(probeEveryMs, () =>
    state.probe().then(
      () => undefined,
      (error: unknown) => toFault(error),
    ),
  )
  return async () => {
    if (live.phase !== 'running') return plain(503, `not ready: ${live.phase}`)
    const found = (await stateFault())?.code ?? live.stateFault
    if (found !== undefined) return plain(503, `not ready: positions cannot be saved (${found})`)
    return plain(200, 'ok')
  }
}

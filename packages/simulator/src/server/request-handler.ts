import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { type Answer, answer, notAuthorized, tooManyRequests, type World } from './answer.ts'
import { faultAnswer } from './fault-answer.ts'
import type { Faults } from './faults.ts'
import { createQuota } from './quota.ts'
import { send } from './send.ts'
import type { ServedRequest } from './served-request.ts'
import type { StatsKeeper } from './stats.ts'

export interface Surroundings {
  /** The current state of everything that can be read. */
  world: () => World
  faults: () => Faults
  stats: StatsKeeper
  onRequest: ((request: ServedRequest) => void) | undefined
  /** Requests that are still waiting when this signal fires get no answer. */
  stopped: AbortSignal
}

/**
 * Handles an HTTP request: faults come first, as from a load balancer in front, then the token, then the rate limits,
 * then the API itself.
 */
export function createRequestHandler(
  surroundings: Surroundings,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { world, faults, stats, onRequest, stopped } = surroundings
  const quota = createQuota()

  return async (request, response) => {
    request.resume()
    const inFlight = stats.arrived()
    response.once('close', stats.left)

    const { settings, offsets, origin, now } = world()
    const method = request.method ?? 'GET'
    const url = new URL(`${origin}${request.url?.startsWith('/') ? request.url : '/'}`)
    const strike = faults().strike(
      method,
      url,
      offsets.read(url.searchParams.get('offset') ?? '')?.position.arrival,
    )
    const isAuthorized = tokenOf(request) === settings.token
    const retryAfter = isAuthorized ? quota.admit(now, inFlight, settings) : undefined

    const latency = retryAfter === undefined ? settings.latencyMs : 0
    const delay = latency + (strike?.kind === 'latency' ? strike.delayMs : 0)
    if (delay > 0) await wait(delay, undefined, { signal: stopped }).catch(() => undefined)
    if (stopped.aborted || response.destroyed) return

    function decide(): Answer {
      const struck = strike && faultAnswer(strike)
      if (struck) return struck
      if (!isAuthorized) return notAuthorized()
      if (retryAfter !== undefined) return tooManyRequests(retryAfter)
      return answer(method, url, world())
    }

    const decided = strike?.kind === 'reset' ? undefined : decide()
    stats.decided(decided?.status, strike?.kind)
    onRequest?.({
      method,
      url: `${url.pathname}${url.search}`,
      status: decided?.status,
      fault: strike?.kind,
      events: eventsIn(decided),
    })
    if (decided)
      send(request, response, decided, {
        now: world().now + settings.dateAheadMs,
        cut: strike?.kind === 'truncated',
      })
    else request.socket.resetAndDestroy()
  }
}

function tokenOf(request: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

function eventsIn(decided: Answer | undefined): number {
  const body = decided?.body
  return typeof body === 'object' && 'data' in body && Array.isArray(body.data) ? body.data.length : 0
}

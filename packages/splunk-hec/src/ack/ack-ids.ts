/** A request under way on a channel. */
export interface AckRequest {
  /** The highest id known when it was sent: its own is higher, or the count has begun anew. */
  readonly above: number
}

/**
 * Keeps watch over the ids of one channel. They count from 0 and live in the memory of one indexer: when it is restarted, or a load
 * balancer hands requests to another one, the count begins anew, and "true" may then be about other events with the same id.
 */
export interface AckIds {
  /** Called before a request is sent; exactly one of the next three follows. */
  sent(): AckRequest
  /** The answer gave an id. False: it is not certain to be of the same count as those before, so give up the channel. */
  given(request: AckRequest, id: number): boolean
  /** The answer says that no id was given. */
  none(request: AckRequest): void
  /** Nobody knows. False: an id that is waited for may be that of this request as well, or nothing is waited for; give up the channel. */
  lost(request: AckRequest, pending: Iterable<number>): boolean
  /**
   * Whether "true" for this id must be about the request it was given to. A new count has given at most as many ids unnoticed as there
   * are requests whose id is not known: had the answer to any other come with an id that was seen before, it would have been noticed.
   */
  isCertain(id: number): boolean
}

export function ackIds(): AckIds {
  const underWay = new Set<AckRequest>()
  /** Ids given, as far as `above` of a request under way does not rule them out. */
  const seen = new Set<number>()
  let highest = -1
  let unknown = 0
  return {
    sent() {
      const request = { above: highest }
      underWay.add(request)
      return request
    },
    given(request, id) {
      underWay.delete(request)
      if (id <= request.above || seen.has(id) || id < unknown) return false
      highest = Math.max(highest, id)
      seen.add(id)
      const ruledOut = Math.min(highest, ...[...underWay].map(({ above }) => above))
      for (const old of seen) if (old <= ruledOut) seen.delete(old)
      return true
    },
    none: (request) => void underWay.delete(request),
    lost(request, pending) {
      underWay.delete(request)
      unknown += 1
      const ids = [...pending]
      return (ids.length > 0 || underWay.size > 0) && ids.every((id) => id >= unknown)
    },
    isCertain: (id) => id >= unknown + underWay.size,
  }
}

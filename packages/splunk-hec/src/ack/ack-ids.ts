/** A request under way on a channel. */
export interface AckRequest {
  /** The highest id known when it was sent. Its own id is higher, unless the count has started again. */
  readonly above: number
}

/**
 * Watches the ids of one channel. They count from 0 and live in the memory of one indexer: when it restarts, or a
 * load balancer sends requests to another indexer, the count starts again at 0, and "true" may then be about other
 * events with the same id.
 */
export interface AckIds {
  /** Called before a request is sent; exactly one of the next three follows. */
  sent(): AckRequest
  /** The answer gave an id. Returns false if the id may belong to a new count: then give up the channel. */
  given(request: AckRequest, id: number): boolean
  /** The answer gave no id. */
  none(request: AckRequest): void
  /**
   * No answer came. Returns false if a pending id may also be the id of this request, or if nothing is pending: then
   * give up the channel.
   */
  lost(request: AckRequest, pending: Iterable<number>): boolean
  /**
   * Whether "true" for this id is certainly about the request that got the id. An unnoticed new count can have given
   * at most as many ids as there are requests with an unknown id: any other answer would have repeated a known id,
   * and that is noticed.
   */
  isCertain(id: number): boolean
}

export function ackIds(): AckIds {
  const underWay = new Set<AckRequest>()
  /** Ids already given, without those that `above` of every request in flight rules out anyway. */
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

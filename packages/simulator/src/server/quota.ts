/** Rate limits of https://developers.asana.com/docs/rate-limits, for one token. */
interface QuotaRule {
  /** `Infinity` switches the limit off. */
  requestsPerMinute: number
  /** Requests in flight at once, the new one included. */
  maxInFlight: number
}

export interface Quota {
  /**
   * Call it once for each request. Returns undefined if the request may pass, otherwise the whole seconds to wait. A
   * rejected request counts too, so a client that never waits is never admitted again.
   */
  admit(now: number, inFlight: number, rule: QuotaRule): number | undefined
}

const minute = 60_000

/** A sliding window: the limit holds for every span of 60 seconds. */
export function createQuota(): Quota {
  let arrivals: number[] = []

  function admit(now: number, inFlight: number, rule: QuotaRule): number | undefined {
    const allowed = rule.requestsPerMinute
    arrivals = allowed === Infinity ? [] : arrivals.filter((arrival) => arrival > now - minute)
    arrivals.push(now)
    if (arrivals.length > allowed) {
      // A retry is admitted when at most `allowed - 1` requests arrived in the minute before it.
      const mustLeave = arrivals[arrivals.length - allowed] ?? now
      return Math.max(1, Math.ceil((mustLeave + minute - now) / 1000))
    }
    return inFlight > rule.maxInFlight ? 1 : undefined
  }

  return { admit }
}

/** Rate limits of https://developers.asana.com/docs/rate-limits, for one token. */
interface QuotaRule {
  /** `Infinity` switches the limit off. */
  requestsPerMinute: number
  /** Requests in flight at once, the new one included. */
  maxInFlight: number
}

export interface Quota {
  /**
   * Called once as a request arrives. Returns undefined when it may pass, otherwise the whole seconds to wait. A
   * rejected request counts as well, so a client that does not wait is never let in again.
   */
  admit(now: number, inFlight: number, rule: QuotaRule): number | undefined
}

const minute = 60_000

/** A sliding window: the limit holds for any 60 seconds, wherever they begin. */
export function createQuota(): Quota {
  let arrivals: number[] = []

  function admit(now: number, inFlight: number, rule: QuotaRule): number | undefined {
    const allowed = rule.requestsPerMinute
    arrivals = allowed === Infinity ? [] : arrivals.filter((arrival) => arrival > now - minute)
    arrivals.push(now)
    if (arrivals.length > allowed) {
      // A retry is let in once at most `allowed - 1` arrivals are left in the minute before it.
      const mustLeave = arrivals[arrivals.length - allowed] ?? now
      return Math.max(1, Math.ceil((mustLeave + minute - now) / 1000))
    }
    return inFlight > rule.maxInFlight ? 1 : undefined
  }

  return { admit }
}

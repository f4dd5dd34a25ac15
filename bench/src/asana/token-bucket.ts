/** A quota with little room to burst: what a reader may use in the long run shows within seconds. */
export interface TokenBucket {
  /** Undefined when the request may pass, otherwise the whole seconds to wait. */
  admit(now: number): number | undefined
}

/** As many requests as Asana lets be under way at once may come at once. */
const burst = 50

/** A rejected request counts as well, down to a burst's worth of debt. */
export function tokenBucket(perMinute: number): TokenBucket {
  const perMs = perMinute / 60_000
  let tokens = burst
  let filledAt = 0
  return {
    admit(now) {
      if (perMinute === Number.POSITIVE_INFINITY) return undefined
      tokens = Math.min(burst, tokens + (now - filledAt) * perMs)
      filledAt = now
      tokens = Math.max(-burst, tokens - 1)
      return tokens >= 0 ? undefined : Math.max(1, Math.ceil(-tokens / perMs / 1000))
    },
  }
}

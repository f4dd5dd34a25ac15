/** A quota with a small burst, so that the rate of a reader in the long run is seen within seconds. */
export interface TokenBucket {
  /** Undefined if the request is accepted, otherwise the whole seconds to wait. */
  admit(now: number): number | undefined
}

/** The burst is the number of concurrent requests that Asana allows. */
const burst = 50

/** A refused request counts too, down to a debt of one burst. */
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

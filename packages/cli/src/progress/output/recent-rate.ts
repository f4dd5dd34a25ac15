/** How far back the rate looks. A rate since the start would only sink once a pipeline has caught up. */
const windowMs = 10_000

/** Takes the number of events so far, at a moment, and gives the events a second of about the last ten seconds. Undefined in the first second. */
export type RecentRate = (events: number, now: number) => number | undefined

export function recentRate(startedAt: number): RecentRate {
  const samples = [{ events: 0, at: startedAt }]
  return (events, now) => {
    samples.push({ events, at: now })
    // The newest of those before the window stays: the rate counts from it.
    while (samples[1] !== undefined && samples[1].at <= now - windowMs) samples.shift()
    const [first] = samples
    if (first === undefined || now - first.at < 1_000) return undefined
    return ((events - first.events) * 1_000) / (now - first.at)
  }
}

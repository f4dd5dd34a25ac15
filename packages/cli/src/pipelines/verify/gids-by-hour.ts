import { hourMs, hourOf } from '@asana-audit/core/ledger'

/** After a refused offset a source re-reads the last hour. One more is kept, because whole hours are dropped. */
const keptMs = 2 * hourMs

/**
 * Returns whether a gid appears for the first time in a log that is read in order up to `until`. Forgets gids that no re-read can
 * repeat, so it holds a few hours of them instead of 89 days.
 */
export function gidsByHour(until: number): (gid: string, at: number) => boolean {
  const hours = new Map<number, Set<string>>()
  let newest = Number.NEGATIVE_INFINITY
  return (gid, at) => {
    const hour = hourOf(at)
    // An event with a date in the future must not make current hours look old.
    if (hour > newest && at < until) {
      newest = hour
      for (const old of hours.keys()) if (old < newest - keptMs) hours.delete(old)
    }
    for (const gids of hours.values()) if (gids.has(gid)) return false
    const gids = hours.get(hour) ?? new Set()
    hours.set(hour, gids.add(gid))
    return true
  }
}

import { hourMs, hourOf } from '@asana-audit/core/ledger'

/** After a refused offset a source goes back by an hour before the newest event; one more, as hours are dropped whole. */
const keptMs = 2 * hourMs

/**
 * Tells whether a gid comes for the first time, of a log that is read in order up to `until`. What no re-read can bring again is
 * forgotten, so that the memory is that of a few hours and not of all 89 days.
 */
export function gidsByHour(until: number): (gid: string, at: number) => boolean {
  const hours = new Map<number, Set<string>>()
  let newest = Number.NEGATIVE_INFINITY
  return (gid, at) => {
    const hour = hourOf(at)
    // A date of the future must not make the present look old.
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

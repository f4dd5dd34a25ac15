import type { Fact } from '@asana-audit/core'

/** Where one pipeline is, added up from its facts. */
export interface Tally {
  events: number
  quarantined: number
  repeats: number
  requests: number
  newestAt: string | undefined
  caughtUp: boolean
  /** What keeps it from going on right now, in a few words. */
  trouble: string | undefined
}

export function newTally(): Tally {
  return {
    events: 0,
    quarantined: 0,
    repeats: 0,
    requests: 0,
    newestAt: undefined,
    caughtUp: false,
    trouble: undefined,
  }
}

export function count(tally: Tally, fact: Fact): void {
  switch (fact.type) {
    case 'page_read':
      tally.requests += 1
      tally.caughtUp = fact.events === 0
      break
    case 'committed':
      tally.events += fact.events
      tally.newestAt = fact.newestAt ?? tally.newestAt
      tally.trouble = undefined
      break
    case 'quarantined':
      tally.quarantined += 1
      break
    case 'repeats_dropped':
      tally.repeats += fact.events
      break
    case 'retrying':
      tally.trouble = `retrying in ${Math.ceil(fact.waitMs / 1000)} s (${fact.code})`
      break
    case 'paused':
      tally.trouble = `paused for ${Math.ceil(fact.waitMs / 60_000)} min (${fact.code})`
      break
    case 'resumed':
      tally.trouble = undefined
      break
    default:
      break
  }
}

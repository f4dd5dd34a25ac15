import type { Delivered, Fact } from '@asana-audit/core'
import { minuteMs } from '../duration.ts'
import { type Place, placeName } from './reporter.ts'

/** How far a time range has been read. */
type Covered = Extract<Fact, { type: 'covered' }>

/** Where one pipeline is, added up from its facts. */
export interface Tally {
  /** Delivered. */
  events: number
  /** Of the pages that were read, repeats included. */
  read: number
  quarantined: number
  /** How many of these were too old for the destination. */
  tooOld: number
  repeats: number
  /** Events that came after newer ones had been read, and the longest delay of one: the settled window must be longer. */
  late: number
  longestDelayMs: number
  requests: number
  newestAt: string | undefined
  caughtUp: boolean
  covered: Covered | undefined
  /** What keeps it from going on right now, in a few words. */
  trouble: string | undefined
}

export function newTally(): Tally {
  return {
    events: 0,
    read: 0,
    quarantined: 0,
    tooOld: 0,
    repeats: 0,
    late: 0,
    longestDelayMs: 0,
    requests: 0,
    newestAt: undefined,
    caughtUp: false,
    covered: undefined,
    trouble: undefined,
  }
}

/** What a delivery that ended with a fault had delivered by then: it rejects, and so gives no numbers itself. */
export function deliveredUntilFault({ events, quarantined, repeats }: Tally): Delivered {
  return { delivered: events, quarantined, repeats }
}

export function count(tally: Tally, fact: Fact): void {
  switch (fact.type) {
    case 'page_read':
      tally.requests += 1
      tally.read += fact.events
      tally.caughtUp = fact.events === 0
      break
    case 'covered':
      tally.covered = fact
      break
    case 'committed':
      tally.events += fact.events
      tally.newestAt = fact.newestAt ?? tally.newestAt
      tally.trouble = undefined
      break
    case 'quarantined':
      tally.quarantined += 1
      break
    case 'too_old':
      tally.quarantined += fact.events
      tally.tooOld += fact.events
      break
    case 'repeats_dropped':
      tally.repeats += fact.events
      break
    case 'late':
      tally.late += 1
      tally.longestDelayMs = Math.max(tally.longestDelayMs, fact.delayMs)
      break
    case 'retrying':
      tally.trouble = `retrying in ${Math.ceil(fact.waitMs / 1000)} s (${fact.code})`
      break
    case 'paused':
      tally.trouble = `paused for ${Math.ceil(fact.waitMs / minuteMs)} min (${fact.code})`
      break
    case 'resumed':
      tally.trouble = undefined
      break
    default:
      break
  }
}

/** The share of a time range that has been read, 0 to 1. */
export function coveredShare({ from, until, upTo }: Covered): number {
  const [start, end, at] = [from, until, upTo].map((time) => Date.parse(time)) as [number, number, number]
  return end <= start ? 1 : Math.min(1, Math.max(0, (at - start) / (end - start)))
}

/** The tallies of all rows, made when first asked for. */
export interface Tallies {
  of(place: Place): Tally
  all(): Iterable<readonly [Place, Tally]>
  together(pipeline: string): Together
}

/** Of all lanes of a pipeline. */
export interface Together extends Pick<Tally, 'requests' | 'tooOld' | 'late' | 'longestDelayMs'> {
  /** Of the newest event any of them delivered. */
  readonly newestAt: string | undefined
}

export function newTallies(): Tallies {
  const rows = new Map<string, readonly [Place, Tally]>()
  return {
    of(place) {
      const row = rows.get(placeName(place)) ?? [place, newTally()]
      rows.set(placeName(place), row)
      return row[1]
    },
    all: () => rows.values(),
    together(pipeline) {
      const lanes = [...rows.values()].filter(([place]) => place.pipeline === pipeline)
      const sum = (of: 'requests' | 'tooOld' | 'late'): number =>
        lanes.reduce((total, [, tally]) => total + tally[of], 0)
      const times = lanes.flatMap(([, tally]) => tally.newestAt ?? [])
      return {
        requests: sum('requests'),
        tooOld: sum('tooOld'),
        late: sum('late'),
        longestDelayMs: Math.max(0, ...lanes.map(([, tally]) => tally.longestDelayMs)),
        newestAt: times.toSorted().at(-1),
      }
    },
  }
}

import type { Delivered, Fact } from '@asana-audit/core'
import { type LaneRef, laneLabel } from '../lane.ts'

/** The part of a time range that has been read. */
type Covered = Extract<Fact, { type: 'covered' }>

/** The progress of one lane, added up from its facts. */
export interface ProgressTotals {
  /** Events delivered. */
  events: number
  /** Events in the pages that were read, with repeats. */
  read: number
  quarantined: number
  /** How many of the quarantined events were too old for the destination. */
  tooOld: number
  repeats: number
  /** Events that appeared after newer ones had been read, and the longest delay of one. The settled window must be longer. */
  late: number
  longestDelayMs: number
  /** Requests that this lane made. A page that another pipeline requested costs none. */
  requests: number
  newestAt: string | undefined
  /** From this time on there may be unread events, as of the last commit. Undefined: none, or nobody knows. */
  unreadFrom: string | undefined
  /** Asana's last answer was empty. */
  atEnd: boolean
  /** Events that were read and are not saved yet. Between two commits those that a filter left out count too. */
  unsaved: number
  covered: Covered | undefined
}

/** Everything that Asana shows is delivered, and saved. */
export function isCaughtUp({ atEnd, unsaved }: ProgressTotals): boolean {
  return atEnd && unsaved === 0
}

export function newTotals(): ProgressTotals {
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
    unreadFrom: undefined,
    atEnd: false,
    unsaved: 0,
    covered: undefined,
  }
}

/** What a delivery had delivered before it ended with a fault. It rejects then, so it returns no numbers itself. */
export function deliveredUntilFault({ events, quarantined, repeats }: ProgressTotals): Delivered {
  return { delivered: events, quarantined, repeats }
}

export function addFact(totals: ProgressTotals, fact: Fact): void {
  switch (fact.type) {
    case 'page_read':
      if (fact.readBy === undefined) totals.requests += 1
      totals.read += fact.events
      totals.unsaved += fact.events + fact.malformed
      totals.atEnd = fact.events === 0
      break
    case 'covered':
      totals.covered = fact
      break
    case 'committed':
      totals.events += fact.events
      totals.unsaved = fact.unsaved
      totals.newestAt = fact.newestAt ?? totals.newestAt
      totals.unreadFrom = fact.unreadFrom
      break
    case 'quarantined':
      totals.quarantined += 1
      break
    case 'too_old':
      totals.quarantined += fact.events
      totals.tooOld += fact.events
      break
    case 'repeats_dropped':
      totals.repeats += fact.events
      totals.unsaved = Math.max(0, totals.unsaved - fact.events)
      break
    case 'late':
      totals.late += 1
      totals.longestDelayMs = Math.max(totals.longestDelayMs, fact.delayMs)
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

/** The totals of all lanes. Those of a lane are created when they are first asked for. */
export interface LaneTotals {
  of(lane: LaneRef): ProgressTotals
  all(): Iterable<readonly [LaneRef, ProgressTotals]>
  ofPipeline(pipeline: string): PipelineTotals
}

/** The totals of all lanes of a pipeline. */
export interface PipelineTotals
  extends Pick<ProgressTotals, 'requests' | 'tooOld' | 'late' | 'longestDelayMs'> {
  /** The time of the newest event that any of them delivered. */
  readonly newestAt: string | undefined
}

export function newLaneTotals(): LaneTotals {
  const rows = new Map<string, readonly [LaneRef, ProgressTotals]>()
  return {
    of(lane) {
      const row = rows.get(laneLabel(lane)) ?? [lane, newTotals()]
      rows.set(laneLabel(lane), row)
      return row[1]
    },
    all: () => rows.values(),
    ofPipeline(pipeline) {
      const lanes = [...rows.values()].filter(([lane]) => lane.pipeline === pipeline)
      const sum = (of: 'requests' | 'tooOld' | 'late'): number =>
        lanes.reduce((total, [, totals]) => total + totals[of], 0)
      const times = lanes.flatMap(([, totals]) => totals.newestAt ?? [])
      return {
        requests: sum('requests'),
        tooOld: sum('tooOld'),
        late: sum('late'),
        longestDelayMs: Math.max(0, ...lanes.map(([, totals]) => totals.longestDelayMs)),
        newestAt: times.toSorted().at(-1),
      }
    },
  }
}

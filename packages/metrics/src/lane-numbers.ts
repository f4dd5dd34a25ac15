import { type Fact, isFault, type LaneSummary } from '@asana-audit/core'
import { backlogLeft, liveUnreadFrom } from '@asana-audit/core/backlog'

type PartOf<F> = F extends { readonly part: infer P } ? P : never
export type Part = PartOf<Fact>

/** A fault that a lane waits for. */
interface Trouble {
  readonly state: 'retrying' | 'paused'
  readonly code: string
}

/** The numbers of one lane, added up from its facts. Times are milliseconds since 1970; undefined while unknown. */
export interface LaneNumbers {
  read: number
  readBytes: number
  delivered: number
  repeated: number
  late: number
  writes: number
  newestEvent: number | undefined
  lastPage: number | undefined
  lastCommit: number | undefined
  /** Everything that happened before is delivered. Infinity once all of a time range is. */
  deliveredUpTo: number | undefined
  /** Of a time range, 0 to 1. */
  covered: number | undefined
  readonly troubles: Map<Part, Trouble>
  /** Every part and code that the lane ever waited for. */
  readonly everTroubles: Map<string, { readonly part: Part; readonly code: string }>
}

/** A lane begins with the times of its row in the state: a quiet tenant may have no new event for days. */
export function newLaneNumbers(row: LaneSummary | undefined): LaneNumbers {
  const committed = millis(row?.committedAt)
  const isRead = row !== undefined && isBacklog(row.lane) && hasEnded(row)
  return {
    ...{ read: 0, readBytes: 0, delivered: 0, repeated: 0, late: 0, writes: 0 },
    newestEvent: millis(row?.newestAt),
    lastPage: committed,
    lastCommit: committed,
    deliveredUpTo: isRead ? Number.POSITIVE_INFINITY : row && millis(upToOf(row)),
    covered: isRead ? 1 : undefined,
    troubles: new Map(),
    everTroubles: new Map(),
  }
}

/** Adds a fact that came at `now`. */
export function addToLane(lane: LaneNumbers, fact: Fact, now: number): void {
  switch (fact.type) {
    case 'page_read':
      lane.read += fact.events
      lane.readBytes += fact.bytes
      lane.lastPage = now
      lane.troubles.delete('source')
      // An empty page: nothing is left but what is being written, which takes seconds while nothing is wrong.
      if (fact.events + fact.malformed === 0 && lane.troubles.size === 0) lane.deliveredUpTo = now
      break
    case 'covered':
      lane.covered = share(fact)
      break
    case 'repeats_dropped':
      lane.repeated += fact.events
      break
    case 'late':
      lane.late += 1
      break
    case 'write_accepted':
      lane.writes += 1
      break
    case 'committed':
      lane.delivered += fact.events
      lane.lastCommit = now
      lane.newestEvent = latest(lane.newestEvent, millis(fact.newestAt))
      lane.deliveredUpTo =
        lane.covered === 1 ? Number.POSITIVE_INFINITY : latest(lane.deliveredUpTo, millis(fact.newestAt))
      lane.troubles.clear()
      break
    case 'retrying':
    case 'paused':
      lane.troubles.set(fact.part, { state: fact.type, code: fact.code })
      lane.everTroubles.set(`${fact.part} ${fact.code}`, { part: fact.part, code: fact.code })
      break
    case 'resumed':
      lane.troubles.delete(fact.part)
      break
    default:
      break
  }
}

/** The other lanes read on for ever; these end. */
function isBacklog(lane: string): boolean {
  return lane !== 'live'
}

function hasEnded({ cursor }: LaneSummary): boolean {
  return ofOurs(() => backlogLeft(cursor) === undefined) === true
}

/** RFC 3339. */
function upToOf({ lane, cursor, newestAt }: LaneSummary): string | undefined {
  if (isBacklog(lane)) return ofOurs(() => backlogLeft(cursor)?.from) ?? newestAt
  return ofOurs(() => liveUnreadFrom(cursor)) ?? newestAt
}

/** Undefined where the cursor is of another source, which only that source can read. */
function ofOurs<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isFault(error) && error.code === 'foreign_cursor') return undefined
    throw error
  }
}

function share({ from, until, upTo }: Extract<Fact, { type: 'covered' }>): number {
  const [start, end, at] = [Date.parse(from), Date.parse(until), Date.parse(upTo)]
  return end <= start ? 1 : Math.min(1, Math.max(0, (at - start) / (end - start)))
}

function latest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.max(one, other)
}

function millis(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time)
}

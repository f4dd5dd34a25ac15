import type { AuditLogEvent } from '@asana-audit/schema'
import { parseInstant } from '@asana-audit/schema/lossless'
import type { Filters } from './query.ts'

/** A place in the log: all events up to the event `arrival` at time `at` have been served. */
export interface Position {
  /** Milliseconds since 1970. */
  at: number
  arrival: number
  /**
   * How many events had arrived when this place was reached. An event that arrives later but belongs before this
   * place is late.
   */
  seen: number
}

/**
 * It is not documented whether a late event (its `created_at` is older than an offset's place) is served after that
 * offset. `hidden`: never, only a read by time finds it. `visible`: on the next page.
 */
export type LateEvents = 'hidden' | 'visible'

interface PageRequest {
  filters: Filters
  limit: number
  /** Undefined: from the oldest retained event. */
  after: Position | undefined
  lateEvents: LateEvents
  /** Events created before this instant, in milliseconds since 1970, have been deleted. */
  horizon: number
}

interface Page {
  events: readonly AuditLogEvent[]
  /** The beginning of the next page. Undefined if nothing has ever matched, deleted events included. */
  position: Position | undefined
}

export interface EventLog {
  /**
   * Adds events that arrive `now`, in this order. They are served unchanged, in any shape. An event without a
   * readable `created_at` gets the time of the one that arrived before it.
   */
  add(events: readonly unknown[], now: number): void
  /** Ascending by `created_at`, then by arrival. */
  retained(horizon: number): AuditLogEvent[]
  /** Milliseconds since 1970 of the newest event. */
  newest(): number | undefined
  page(request: PageRequest): Page
}

interface Entry {
  event: AuditLogEvent
  at: number
  arrival: number
  eventType: unknown
  actorType: unknown
  actorGid: unknown
  resourceGid: unknown
}

/**
 * Everything that ever happened in the workspace. Reading hides deleted events, but "has anything ever matched" still
 * counts them.
 */
export function createEventLog(): EventLog {
  const arrived: Entry[] = []
  const ordered: Entry[] = []

  function add(events: readonly unknown[], now: number): void {
    let sorted = true
    for (const event of events) {
      const entry: Entry = {
        // The only place that treats another shape as an event: a test may want to see how a client reacts.
        event: event as AuditLogEvent,
        at: millisOf(fieldOf(event, 'created_at')) ?? arrived.at(-1)?.at ?? now,
        arrival: arrived.length,
        eventType: fieldOf(event, 'event_type'),
        actorType: fieldOf(fieldOf(event, 'actor'), 'actor_type'),
        actorGid: fieldOf(fieldOf(event, 'actor'), 'gid'),
        resourceGid: fieldOf(fieldOf(event, 'resource'), 'gid'),
      }
      const last = ordered.at(-1)
      if (last && compare(last, entry) > 0) sorted = false
      arrived.push(entry)
      ordered.push(entry)
    }
    if (!sorted) ordered.sort(compare)
  }

  function retained(horizon: number): AuditLogEvent[] {
    return ordered.slice(firstPast(ordered, { at: horizon, arrival: -1 })).map((entry) => entry.event)
  }

  function page({ filters, limit, after, lateEvents, horizon }: PageRequest): Page {
    const matches = (entry: Entry) => matchesFilters(entry, filters)
    if (!after && !ordered.some(matches)) return { events: [], position: undefined }
    const oldest = { at: horizon, arrival: -1 }
    const start: Position = after ?? { ...oldest, seen: arrived.length }

    const late =
      lateEvents === 'visible'
        ? arrived
            .slice(start.seen)
            .filter((entry) => compare(entry, start) <= 0 && entry.at >= horizon && matches(entry))
        : []
    if (late.length > limit) {
      const served = late.slice(0, limit)
      const seen = (served.at(-1)?.arrival ?? 0) + 1
      return { events: served.sort(compare).map((entry) => entry.event), position: { ...start, seen } }
    }

    const served = late.sort(compare)
    const from = compare(start, oldest) > 0 ? start : oldest
    for (let i = firstPast(ordered, from); i < ordered.length && served.length < limit; i++) {
      const entry = ordered[i] as Entry
      if (matches(entry)) served.push(entry)
    }
    const last = served.at(-1)
    const reached = last && compare(last, start) > 0 ? last : start
    return {
      events: served.map((entry) => entry.event),
      position: { at: reached.at, arrival: reached.arrival, seen: arrived.length },
    }
  }

  return { add, retained, newest: () => ordered.at(-1)?.at, page }
}

/** Fractions of a millisecond survive up to the precision of a double, about 200 nanoseconds today. */
function millisOf(createdAt: unknown): number | undefined {
  const instant = typeof createdAt === 'string' ? parseInstant(createdAt) : undefined
  return instant && instant[0] * 1000 + instant[1] / 1e6
}

function compare(a: { at: number; arrival: number }, b: { at: number; arrival: number }): number {
  return a.at - b.at || a.arrival - b.arrival
}

/** The index of the first entry after `place`, by binary search. */
function firstPast(ordered: readonly Entry[], place: { at: number; arrival: number }): number {
  let low = 0
  let high = ordered.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(ordered[middle] as Entry, place) > 0) high = middle
    else low = middle + 1
  }
  return low
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function matchesFilters(entry: Entry, filters: Filters): boolean {
  const { startAt = -Infinity, endAt = Infinity } = filters
  const alike = (['eventType', 'actorType', 'actorGid', 'resourceGid'] as const).every(
    (name) => filters[name] === undefined || filters[name] === entry[name],
  )
  return alike && entry.at >= startAt && entry.at < endAt
}

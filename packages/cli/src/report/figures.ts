import { type AuditLogEvent, isKnownEventType, severityNumber } from '@asana-audit/schema'
import { millisAt } from '@asana-audit/schema/lossless'
import { eventCategory } from '../input/events/event-category.ts'
import { type Counter, counter } from '../query/counter.ts'
import { actorName, resourceName } from '../query/event-row.ts'
import { wallClock } from '../query/zone.ts'
import { actorKey, boundedKey } from './actor-key.ts'
import { type EventKind, eventKind } from './event-kind.ts'
import type { ReportWindow } from './report-window.ts'

/** Everything the page shows, added up from a stream of events in bounded memory. */
export interface Figures {
  add(event: AuditLogEvent): void
  readonly total: Compared
  readonly kinds: Readonly<Record<EventKind, KindFigures>>
  /** Events in each bucket of the window by category, the biggest category first. */
  readonly categories: readonly (readonly [category: string, buckets: readonly number[]])[]
  /** Events by weekday (Monday first) and hour of the wall clock. */
  readonly hours: readonly (readonly number[])[]
  readonly actors: Counter
  /** Addresses failed sign-ins came from. */
  readonly failedFrom: Counter
  /** The most serious admin changes, then the newest. */
  readonly adminChanges: readonly AuditLogEvent[]
  readonly types: readonly TypeFigures[]
  /** Milliseconds since 1970, of all events read, also outside the window. Undefined if there were none. */
  readonly oldest: number | undefined
  readonly newest: number | undefined
  /** Events read before the window. Without any, no event type can be called new. */
  readonly before: number
}

/** A number, and the number for the equally long time before. */
export interface Compared {
  now: number
  previous: number
}

export interface KindFigures extends Compared {
  readonly buckets: number[]
  readonly types: Counter
  readonly actors: Counter
  /** The targets of these events. For a sign-in: the account. */
  readonly resources: Counter
}

export interface TypeFigures {
  readonly type: string
  readonly count: number
  /** Milliseconds since 1970. */
  readonly firstAt: number
  readonly isNew: boolean
  readonly isCatalogued: boolean
}

/** There are few types and categories. These limits protect the memory from a log with more. */
const mostTypes = 2_000
const mostCategories = 15
const mostAdminChanges = 25
const smallCounter = 2 ** 20

export function figures(window: ReportWindow): Figures {
  const { since, until, previousSince, zone, bucketOf, buckets } = window
  const noBuckets = (): number[] => buckets.map(() => 0)
  const total: Compared = { now: 0, previous: 0 }
  const kinds = kindTable(noBuckets)
  const types = typeTable()
  const categories = new Map<string, number[]>()
  const hours = Array.from({ length: 7 }, () => new Array<number>(24).fill(0))
  const actors = counter()
  let oldest: number | undefined
  let newest: number | undefined

  function addCategory(event: AuditLogEvent, bucket: number): void {
    const sent = eventCategory(event)
    const category = categories.has(sent) || categories.size < mostCategories ? sent : 'others'
    const counts = categories.get(category) ?? noBuckets()
    counts[bucket] = (counts[bucket] ?? 0) + 1
    categories.set(category, counts)
  }

  return {
    add(event) {
      const at = millisAt(event.created_at)
      if (at >= until) return
      oldest = Math.min(oldest ?? at, at)
      newest = Math.max(newest ?? at, at)
      if (at < since) {
        types.addBefore(event)
        if (at < previousSince) return
        total.previous += 1
        kinds.addPrevious(event)
        return
      }
      const bucket = bucketOf(at)
      const clock = wallClock(at, zone)
      const row = hours[(clock.getUTCDay() + 6) % 7] as number[]
      row[clock.getUTCHours()] = (row[clock.getUTCHours()] ?? 0) + 1
      total.now += 1
      addCategory(event, bucket)
      types.add(event, at)
      actors.add(actorKey(event))
      kinds.add(event, bucket)
    },
    total,
    kinds: kinds.of,
    hours,
    actors,
    failedFrom: kinds.failedFrom,
    get categories() {
      return [...categories].sort(([, a], [, b]) => sum(b) - sum(a))
    },
    get adminChanges() {
      return kinds.adminChanges()
    },
    get types() {
      return types.list()
    },
    get oldest() {
      return oldest
    },
    get newest() {
      return newest
    },
    get before() {
      return types.before()
    },
  }
}

/** The figures for each kind of event, and the single events that are kept. */
function kindTable(noBuckets: () => number[]) {
  const kindFigures = (): KindFigures => ({
    now: 0,
    previous: 0,
    buckets: noBuckets(),
    types: counter(smallCounter),
    actors: counter(smallCounter),
    resources: counter(smallCounter),
  })
  const kinds: Record<EventKind, KindFigures> = {
    'sign-in': kindFigures(),
    'failed sign-in': kindFigures(),
    export: kindFigures(),
    'admin change': kindFigures(),
    deletion: kindFigures(),
    restoration: kindFigures(),
  }
  const failedFrom = counter(smallCounter)
  let adminChanges: AuditLogEvent[] = []
  return {
    of: kinds,
    failedFrom,
    adminChanges: () => mostSerious(adminChanges),
    addPrevious(event: AuditLogEvent): void {
      const kind = eventKind(event)
      if (kind) kinds[kind].previous += 1
    },
    add(event: AuditLogEvent, bucket: number): void {
      const kind = eventKind(event)
      if (!kind) return
      const its = kinds[kind]
      its.now += 1
      its.buckets[bucket] = (its.buckets[bucket] ?? 0) + 1
      its.types.add(boundedKey(event.event_type))
      its.actors.add(actorKey(event))
      its.resources.add(boundedKey(resourceName(event) || actorName(event)))
      if (kind === 'failed sign-in')
        failedFrom.add(boundedKey(String(event.context?.client_ip_address ?? 'unknown')))
      if (kind === 'admin change') {
        adminChanges.push(event)
        if (adminChanges.length >= 4 * mostAdminChanges) adminChanges = mostSerious(adminChanges)
      }
    },
  }
}

/** How often each event type occurred and when first, and which ones occurred before the window. */
function typeTable() {
  const types = new Map<string, { count: number; firstAt: number }>()
  const typesBefore = new Set<string>()
  let before = 0
  return {
    before: () => before,
    addBefore({ event_type: type }: AuditLogEvent): void {
      before += 1
      if (typesBefore.size < mostTypes) typesBefore.add(type)
    },
    add({ event_type: type }: AuditLogEvent, at: number): void {
      const known = types.get(type)
      if (known) {
        known.count += 1
        known.firstAt = Math.min(known.firstAt, at)
      } else if (types.size < mostTypes) types.set(type, { count: 1, firstAt: at })
    },
    list: (): Figures['types'] =>
      [...types].map(([type, { count, firstAt }]) => ({
        type,
        count,
        firstAt,
        isNew: before > 0 && !typesBefore.has(type),
        isCatalogued: isKnownEventType(type),
      })),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}

function mostSerious(events: readonly AuditLogEvent[]): AuditLogEvent[] {
  return [...events]
    .sort((a, b) => severityNumber(b) - severityNumber(a) || millisAt(b.created_at) - millisAt(a.created_at))
    .slice(0, mostAdminChanges)
}

import {
  asanaSource,
  type Clock,
  deliver,
  deliverLanes,
  type Fact,
  fault,
  type HttpClient,
  memoryState,
  type SharedReader,
  type State,
} from '../../../packages/core/src/index.ts'
import type { AuditLogEvent } from '../../../packages/schema/src/index.ts'
import { between, type Draw } from './draw.ts'
import { type HistoryEvent, type HistoryPlan, rememberMs, rereadEveryMs, settledWindowMs } from './plan.ts'

/**
 * A pipeline that reads the same log as others of its process, shares the pages, and has a destination with a speed of its own. It reads in
 * one lane or two. It is stopped, never killed, so each event comes exactly once.
 */
export interface Companion {
  readonly name: string
  readonly state: State
  /** Each id that arrived, and how often. */
  readonly arrived: Map<string, number>
  /** The only events it asks for; undefined: all. */
  readonly eventType: string | undefined
  readonly isTwoLanes: boolean
  /** How long its destination needs for a write. */
  readonly writeMs: number
}

/** In these histories nobody fails to log in, so a companion with a filter must get nothing. */
export function companions(plan: HistoryPlan): Companion[] {
  const { draw } = plan
  return Array.from({ length: plan.companions }, (_, index) =>
    companion(draw, `companion ${index}`, memoryState({ rememberMs: rememberMs(plan) })),
  )
}

export function companion(draw: Draw, name: string, state: State): Companion {
  return {
    ...{ name, state, arrived: new Map<string, number>() },
    eventType: draw(name, 'filter') < 0.3 ? 'user_login_failed' : undefined,
    isTwoLanes: draw(name, 'lanes') >= 0.5,
    writeMs: draw(name, 'speed') < 0.5 ? 0 : 20_000,
  }
}

/** The number of the process it begins with. */
export function firstLife({ draw, deaths }: HistoryPlan, { name }: Companion): number {
  return draw(name, 'from the start') < 0.5 ? 0 : between(draw(name, 'begins'), 0, deaths.length)
}

interface Life {
  readonly plan: Pick<HistoryPlan, 'draw' | 'pollMs' | 'lateEvents'>
  readonly clock: Clock
  readonly http: HttpClient
  readonly access: { readonly workspace: string; readonly token: string; readonly baseUrl: string }
  readonly shared: SharedReader
  readonly once: boolean
  readonly signal: AbortSignal
  readonly onFact?: (fact: Fact) => void
}

/** Runs until it is stopped, or until it has everything if `once` is set. */
export async function accompany(
  { name, state, arrived, eventType, isTwoLanes, writeMs }: Companion,
  { plan, clock, http, access, shared, once, signal, onFact }: Life,
): Promise<void> {
  const { draw, pollMs, lateEvents } = plan
  let writes = 0
  const source = {
    ...{ ...access, http, shared, once, pollMs, rereadEveryMs },
    settledWindowMs: lateEvents === 'none' ? 0 : settledWindowMs({ form: 'one lane' }),
    ...(eventType !== undefined && { filters: { eventType } }),
  }
  const rest = {
    ...{ pipeline: name, state, clock, signal, onFact },
    map: ({ gid }: AuditLogEvent) => gid,
    sink: {
      async write(gids: readonly string[], stopped: AbortSignal) {
        writes += 1
        await clock.sleep(writeMs, stopped)
        if (draw(name, 'write', writes) < 0.1)
          throw fault({ fault: 'temporary', code: 'unavailable', message: 'Not now.' })
        for (const gid of gids) arrived.set(gid, (arrived.get(gid) ?? 0) + 1)
      },
    },
  }
  if (isTwoLanes) await deliverLanes({ ...rest, source: { ...source, windows: 4 } })
  else await deliver({ ...rest, source: asanaSource({ ...source, clock, onFact }) })
}

/** The events that a companion lacks, those that came again, and those that it should not have. `most`: how often an event may come. */
export function companionViolations(
  events: readonly HistoryEvent[],
  { name, arrived, eventType }: Companion,
  most: (event: HistoryEvent) => number = () => 1,
): string[] {
  const wanted = events.filter(
    ({ nature, type }) => nature !== 'malformed' && (eventType === undefined || type === eventType),
  )
  const ids = new Set(wanted.map(({ gid }) => gid))
  const times = (gid: string): number => arrived.get(gid) ?? 0
  return [
    ...wanted.filter(({ gid }) => times(gid) === 0).map(({ gid }) => `${gid} never reached ${name}`),
    ...wanted
      .filter((event) => times(event.gid) > most(event))
      .map(({ gid }) => `${gid} reached ${name} ${times(gid)} times`),
    ...[...arrived.keys()]
      .filter((id) => !ids.has(id))
      .map((id) => `${id} reached ${name}, which did not ask for it`),
  ]
}

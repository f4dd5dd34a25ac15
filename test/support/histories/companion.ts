import {
  asanaSource,
  type Clock,
  deliver,
  deliverLanes,
  fault,
  type HttpClient,
  memoryState,
  type SharedReader,
  type State,
} from '../../../packages/core/src/index.ts'
import type { AuditLogEvent } from '../../../packages/schema/src/index.ts'
import { between } from './draw.ts'
import type { HistoryEvent, HistoryPlan } from './plan.ts'
import { rememberMs, rereadEveryMs, settledWindowMs } from './plan.ts'

/**
 * Another pipeline of the same process. It reads the same log, shares the pages, and has a destination with another speed. It begins with
 * the first process or a later one, in one lane or two. It is stopped, never killed, so each event comes exactly once.
 */
export interface Companion {
  readonly name: string
  readonly state: State
  /** Each id that arrived, and how often. */
  readonly arrived: Map<string, number>
}

export function companions(plan: HistoryPlan): Companion[] {
  return Array.from({ length: plan.companions }, (_, index) => ({
    name: `companion ${index}`,
    state: memoryState({ rememberMs: rememberMs(plan) }),
    arrived: new Map<string, number>(),
  }))
}

/** The number of the process it begins with. */
export function firstLife({ draw, deaths }: HistoryPlan, { name }: Companion): number {
  return draw(name, 'from the start') < 0.5 ? 0 : between(draw(name, 'begins'), 0, deaths.length)
}

interface Life {
  readonly plan: HistoryPlan
  readonly clock: Clock
  readonly http: HttpClient
  readonly access: { readonly workspace: string; readonly token: string; readonly baseUrl: string }
  readonly shared: SharedReader
  readonly once: boolean
  readonly signal: AbortSignal
}

/** Runs until it is stopped, or until it has everything if `once` is set. */
export async function accompany(
  { name, state, arrived }: Companion,
  { plan, clock, http, access, shared, once, signal }: Life,
): Promise<void> {
  const { draw, pollMs, lateEvents } = plan
  const isOther = isOtherFilter(plan, name)
  const writeMs = draw(name, 'speed') < 0.5 ? 0 : 20_000
  let writes = 0
  const source = {
    ...{ ...access, http, shared, once, pollMs, rereadEveryMs },
    settledWindowMs: lateEvents === 'none' ? 0 : settledWindowMs({ form: 'one lane' }),
    ...(isOther && { filters: { eventType: 'user_login_failed' } }),
  }
  const rest = {
    ...{ pipeline: name, state, clock, signal },
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
  if (draw(name, 'lanes') < 0.5) await deliver({ ...rest, source: asanaSource({ ...source, clock }) })
  else await deliverLanes({ ...rest, source: { ...source, windows: 4 } })
}

/** Whether it reads only events that do not happen in a history. */
function isOtherFilter({ draw }: HistoryPlan, name: string): boolean {
  return draw(name, 'filter') < 0.3
}

/** The events that a companion lacks, those that came again, and those that it should not have. */
export function companionViolations(
  plan: HistoryPlan,
  events: readonly HistoryEvent[],
  { name, arrived }: Companion,
): string[] {
  if (isOtherFilter(plan, name))
    return [...arrived.keys()].map((id) => `${id} reached ${name}, whose filter it does not match`)
  const lacking = events.filter(({ gid, nature }) => nature !== 'malformed' && !arrived.has(gid))
  const repeated = [...arrived].filter(([, count]) => count > 1)
  return [
    ...lacking.map(({ gid }) => `${gid} never reached ${name}`),
    ...repeated.map(([id, count]) => `${id} reached ${name} ${count} times`),
  ]
}

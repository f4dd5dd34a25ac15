import {
  asanaSource,
  type Clock,
  deliver,
  fault,
  type HttpClient,
  memoryState,
  type SharedReader,
  type State,
} from '../../../packages/core/src/index.ts'
import type { HistoryEvent, HistoryPlan } from './plan.ts'
import { rememberMs, rereadEveryMs, settledWindowMs } from './plan.ts'

/** Another pipeline of the same process. It reads the same log, shares the pages, and has a destination with another speed. */
export interface Companion {
  readonly name: string
  readonly state: State
  readonly arrived: Set<string>
}

export function companions(plan: HistoryPlan): Companion[] {
  return Array.from({ length: plan.companions }, (_, index) => ({
    name: `companion ${index}`,
    state: memoryState({ rememberMs: rememberMs(plan) }),
    arrived: new Set<string>(),
  }))
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
  await deliver({
    pipeline: name,
    state,
    clock,
    signal,
    map: ({ gid }) => gid,
    source: asanaSource({
      ...{ ...access, http, shared, once, pollMs, clock, rereadEveryMs },
      settledWindowMs: lateEvents === 'none' ? 0 : settledWindowMs({ form: 'one lane' }),
      ...(isOther && { filters: { eventType: 'user_login_failed' } }),
    }),
    sink: {
      async write(gids, stopped) {
        writes += 1
        await clock.sleep(writeMs, stopped)
        if (draw(name, 'write', writes) < 0.1)
          throw fault({ fault: 'temporary', code: 'unavailable', message: 'Not now.' })
        for (const gid of gids) arrived.add(gid)
      },
    },
  })
}

/** Whether it reads only events that do not happen in a history. */
function isOtherFilter({ draw }: HistoryPlan, name: string): boolean {
  return draw(name, 'filter') < 0.3
}

/** The events that a companion lacks, and those that it should not have. */
export function companionViolations(
  plan: HistoryPlan,
  events: readonly HistoryEvent[],
  { name, arrived }: Companion,
): string[] {
  if (isOtherFilter(plan, name))
    return [...arrived].map((id) => `${id} reached ${name}, whose filter it does not match`)
  return events
    .filter(({ gid, nature }) => nature !== 'malformed' && !arrived.has(gid))
    .map(({ gid }) => `${gid} never reached ${name}`)
}

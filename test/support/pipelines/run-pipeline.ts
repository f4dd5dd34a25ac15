import {
  asanaSource,
  type Claim,
  type Clock,
  deliver,
  deliverLanes,
  type Fact,
  fault,
  type HttpClient,
  type Lane,
  type SharedReader,
  type Sink,
  type State,
} from '../../../packages/core/src/index.ts'
import type { AuditLogEvent } from '../../../packages/schema/src/index.ts'
import type { Mortal } from '../histories/mortal.ts'
import { rereadEveryMs, settledWindowMs } from '../histories/plan.ts'
import { cursorAhead } from './check.ts'
import { more, type Pipeline } from './pipeline.ts'
import type { PipelinesEvent, PipelinesPlan } from './plan.ts'

export interface PipelineLife {
  readonly plan: PipelinesPlan
  readonly events: readonly PipelinesEvent[]
  readonly step: Mortal['step']
  readonly clock: Clock
  readonly http: HttpClient
  readonly access: { readonly workspace: string; readonly token: string; readonly baseUrl: string }
  readonly shared: SharedReader
  readonly state: State
  readonly once: boolean
  readonly signal: AbortSignal
  readonly onFact: (fact: Fact) => void
}

/** Runs until it is stopped, or until it has everything if `once` is set. */
export async function runPipeline(one: Pipeline, life: PipelineLife): Promise<void> {
  const { plan, clock, http, access, shared, once, signal } = life
  const onFact = (fact: Fact): void => {
    if (fact.type === 'probed') more(one.excused, fact.id)
    // A person repairs a destination that accepts nothing.
    if (fact.type === 'paused' && fact.code === 'set_up_refused') one.isMended = true
    life.onFact(fact)
  }
  const source = {
    ...{ ...access, http, shared, once, pollMs: plan.pollMs, rereadEveryMs },
    settledWindowMs: plan.lateEvents === 'none' ? 0 : settledWindowMs({ form: 'one lane' }),
    ...(one.eventType !== undefined && { filters: { eventType: one.eventType } }),
  }
  const rest = {
    ...{ pipeline: one.name, state: watched(one, life), clock, signal, onFact },
    map: (event: AuditLogEvent) => event,
    sink: sinkOf(one, life),
  }
  if (one.isTwoLanes) await deliverLanes({ ...rest, source: { ...source, windows: 4 } })
  else await deliver({ ...rest, source: asanaSource({ ...source, clock, onFact }) })
}

function sinkOf(one: Pipeline, { plan, clock, events, step }: PipelineLife): Sink<AuditLogEvent> {
  const isPoison = (gid: string): boolean =>
    !one.isMended && events.some((event) => event.gid === gid && event.nature === 'poison')
  return {
    prefers: { records: one.records, inFlight: one.inFlight },
    write: (records, stopped) =>
      step('a write', async () => {
        one.writes += 1
        const chance = plan.draw(one.name, 'write', one.writes)
        await clock.sleep(one.writeMs, stopped)
        const bad = records.findIndex(({ gid }) => isPoison(gid))
        const isLost = bad < 0 && chance > 0.5 && chance < 0.5 + one.lost
        const isRefused = chance > 1 - one.refused
        one.isTroubled ||= chance < one.busy || isRefused || isLost || bad >= 0
        if (chance < one.busy) throw fault({ fault: 'temporary', code: 'unavailable', message: 'Not now.' })
        if (isRefused)
          throw fault({ fault: 'fatal', code: 'unauthorized', message: 'A person renews the token.' })
        for (const { gid } of bad < 0 ? records : records.slice(0, bad)) more(one.arrived, gid)
        if (bad >= 0) throw fault({ fault: 'rejected', code: 'bad_data', at: bad, message: 'Not this one.' })
        if (!isLost) return
        for (const { gid } of records) more(one.excused, gid)
        throw fault({ fault: 'temporary', code: 'timeout', message: 'No answer came.' })
      }),
  }
}

/** The state; each commit is noted when it is done, and its cursor is compared with what has come. */
function watched(one: Pipeline, { plan, state, events, step }: PipelineLife): State {
  const laneOf = (name: string, lane: Lane): Lane => ({
    ...lane,
    load: () => step('a load', () => lane.load()),
    commit: (commit) =>
      step('a commit', async () => {
        one.commits += 1
        if (plan.draw(one.name, 'commit', one.commits) < 0.05) {
          one.isTroubled = true
          throw fault({ fault: 'temporary', code: 'state_busy', message: 'The state is locked.' })
        }
        await lane.commit(commit)
        for (const { id } of commit.delivered) one.committed.add(id)
        for (const { id } of commit.quarantined) if (id !== undefined) one.quarantined.add(id)
        one.broken.push(...cursorAhead(one, events, name, commit.cursor))
      }),
  })
  return {
    ...state,
    async claim(pipeline): Promise<Claim> {
      const claim = await state.claim(pipeline)
      return {
        ...claim,
        lane: async (name, fingerprint) => laneOf(name, await claim.lane(name, fingerprint)),
      }
    },
  }
}

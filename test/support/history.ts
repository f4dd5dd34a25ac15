import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  asanaSource,
  deliver,
  type Fact,
  fault,
  httpClient,
  type Lane,
  memoryState,
  type Sink,
  type Source,
  type State,
} from '../../packages/core/src/index.ts'
import { sqliteState } from '../../packages/core/src/sqlite-state.ts'
import {
  type AuditLogEvent,
  type AuditLogRecord,
  keepAll,
  toLogRecord,
} from '../../packages/schema/src/index.ts'
import { type Simulator, startSimulator } from '../../packages/simulator/src/index.ts'
import { type Evidence, violations } from './history-check.ts'
import { type HistoryClock, historyClock } from './history-clock.ts'
import { type Mortal, mortal } from './history-mortal.ts'
import {
  backlog,
  growth,
  type HistoryEvent,
  type HistoryPlan,
  historyPlan,
  pageFault,
  settledWindowMs,
} from './history-plan.ts'
import { type HistoryReceiver, historyReceiver } from './history-receiver.ts'
import { historySink } from './history-sink.ts'

/** What `deliver` is put together from. */
export interface Parts {
  readonly source: Source<AuditLogEvent>
  readonly sink: Sink<AuditLogRecord>
  readonly lane: Lane
}

/** A bug to plant: gets the true parts and gives those that `deliver` shall run with. */
export type Plant = (parts: Parts) => Parts

export interface History {
  /** What does not hold; empty when all is well. */
  readonly violations: readonly string[]
  /** Which faults, deaths and other turns there were. */
  readonly seen: ReadonlySet<string>
  readonly deaths: number
}

interface World {
  readonly plan: HistoryPlan
  readonly clock: HistoryClock
  readonly simulator: Simulator
  readonly receiver: HistoryReceiver
  readonly events: HistoryEvent[]
  readonly statePath: string
  /** Of a state that lives as long as the history. */
  readonly memory: State
  readonly committed: Set<string>
  /** How often an id had arrived and was not committed when a life ended. */
  readonly unsettled: Map<string, number>
  readonly seen: Set<string>
  /** Pauses that nothing justified. */
  readonly needlessPauses: string[]
  growthsLeft: number
}

/** More steps than any history takes that ends. */
const mostSteps = 4_000

/**
 * The real loop between the simulator and a receiver, from the first event to the last, through the faults and deaths
 * the seed asks for.
 */
export async function history(seed: number, plant: Plant = (parts) => parts): Promise<History> {
  const plan = historyPlan(seed)
  let draws = 0
  const clock = historyClock(plan.turns, () => plan.draw('jitter', draws++))
  const events = backlog(plan, clock.now())
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-history-'))
  const receiver = await historyReceiver(
    plan,
    (id) => events.find(({ gid }) => gid === id)?.nature === 'poison',
  )
  const simulator = await startSimulator({
    events: events.map(({ raw }) => raw),
    now: clock.now,
    defaultLimit: plan.pageSize,
    offsetTtlMs: plan.offsetTtlMs,
    lateEvents: plan.lateEvents === 'visible' ? 'visible' : 'hidden',
    requestsPerMinute: Number.POSITIVE_INFINITY,
    faults: pageFault(plan),
    onRequest: ({ fault: kind, status, events: served }) => {
      if (kind !== undefined) world.seen.add(`page ${kind}`)
      if (status === 200 && kind === undefined && served === 0) grow(world)
    },
  })
  const world: World = {
    plan,
    clock,
    simulator,
    receiver,
    events,
    statePath: join(folder, 'state.db'),
    memory: memoryState({ rememberMs: settledWindowMs + 7_200_000 }),
    committed: new Set(),
    unsettled: new Map(),
    seen: new Set(),
    needlessPauses: [],
    growthsLeft: plan.growths,
  }
  let deaths = 0
  const found: string[] = []
  try {
    for (let life = 0, isOver = false; !isOver; life += 1) {
      // Only a life that had everything before it can have delivered everything.
      isOver = life >= plan.deaths.length && world.growthsLeft === 0
      const end = await live(world, life, plant)
      if (end.startsWith('before') || end.startsWith('after')) deaths += 1
      world.seen.add(end)
      if (end === 'ended') found.push(...leftOpen(world))
      pauseBetweenLives(world, life)
    }
    found.push(...(await violations(await evidence(world))), ...world.needlessPauses)
  } catch (error) {
    found.push(`the history broke off: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    await simulator.close()
    await receiver.close()
    rmSync(folder, { recursive: true, force: true })
  }
  for (const kind of receiver.faults) world.seen.add(`write ${kind}`)
  return { violations: found, seen: world.seen, deaths }
}

/** How to see one history again. */
export function reproduction(seed: number): string {
  return `HISTORY_SEED=${seed} npx vitest run test/histories.test.ts`
}

/** One process, from its start to its death, to a stop, or until it is caught up. */
async function live(world: World, life: number, plant: Plant): Promise<string> {
  const { plan, receiver, committed } = world
  const one = mortal(plan.deaths[life])
  const clock = {
    ...world.clock,
    sleep: (ms: number, signal?: AbortSignal) => one.step('a wait', () => world.clock.sleep(ms, signal)),
  }
  const once = life >= plan.deaths.length || plan.draw('once', life) < 0.5
  const stop = new AbortController()
  let overrun: (reason: Error) => void = () => {}
  const tooLong = new Promise<never>((_, reject) => {
    overrun = reject
  })
  let steps = 0
  const step: Mortal['step'] = (name, work) => {
    steps += 1
    if (steps > mostSteps) overrun(new Error('it does not come to an end'))
    return one.step(name, work)
  }
  const onEvent = (fact: Fact): void => {
    if (['healed', 'late', 'repeats_dropped', 'paused', 'quarantined'].includes(fact.type)) {
      world.seen.add(fact.type)
    }
    // Somebody looks after a destination that takes nothing.
    if (fact.type === 'paused' && fact.code === 'set_up_refused') {
      if (tookOthers && poisonIn(world) <= 2) world.needlessPauses.push(`life ${life}: ${fact.message}`)
      receiver.mend()
    }
    if (fact.type === 'idle' && !once && world.growthsLeft === 0) stop.abort()
  }

  /** Known from the state: a few refusals are no reason to suspect the set-up. */
  let tookOthers = false
  const http = httpClient()
  const source = asanaSource({
    workspace: world.simulator.workspace,
    token: 'simulator-token',
    baseUrl: world.simulator.url,
    http: { ...http, exchange: (request) => step('a page', () => http.exchange(request)) },
    once,
    pollMs: plan.pollMs,
    settled: plan.lateEvents === 'none' ? false : { windowMs: settledWindowMs, everyMs: 600_000 },
    clock,
    onEvent,
  })
  const sink = historySink(plan, receiver, world.simulator.workspace, clock)
  const state = openState(world)
  const claim = await state.claim('history')
  const lane = await claim.lane('live', source.fingerprint)
  tookOthers = ((await lane.acceptance?.())?.delivered ?? 0) > 0
  const parts = plant({
    source,
    sink: { ...sink, write: (records, signal) => step('a write', () => sink.write(records, signal)) },
    lane: watched(world, lane, step),
  })
  const running = deliver({
    ...parts,
    map: (event) => recordOf(world, event),
    signal: stop.signal,
    clock,
    onEvent,
  })
  const ended = running.then(() => (stop.signal.aborted ? 'stopped' : 'ended'))
  // Whoever loses the race below still may fail.
  ended.catch(() => {})
  try {
    return await Promise.race([ended, one.death, tooLong])
  } finally {
    await sink.close?.()
    await http.close()
    await receiver.quiet()
    await claim.release()
    if (state !== world.memory) await state.close()
    for (const id of new Set(receiver.arrived)) {
      if (!committed.has(id)) world.unsettled.set(id, (world.unsettled.get(id) ?? 0) + 1)
    }
  }
}

/** A row whose commits fail now and then, and are noted as soon as they hold. */
function watched({ plan, committed }: World, lane: Lane, step: Mortal['step']): Lane {
  const attempts = new Map<string, number>()
  return {
    load: () => step('a load', () => lane.load()),
    acceptance: async () => lane.acceptance?.() ?? { delivered: 0, refusedSince: 0 },
    known: (ids) => step('a look-up', () => lane.known(ids)),
    commit: (commit) =>
      step('a commit', async () => {
        const { cursor, delivered, quarantined } = commit
        const attempt = (attempts.get(cursor) ?? 0) + 1
        attempts.set(cursor, attempt)
        if (attempt <= 3 && plan.draw('commit', delivered.at(0)?.id, attempt) < plan.commitFaults) {
          throw fault({ fault: 'temporary', code: 'state_busy', message: 'The state is locked.' })
        }
        await lane.commit(commit)
        for (const { id } of [...delivered, ...quarantined]) if (id !== undefined) committed.add(id)
      }),
  }
}

function poisonIn({ events }: World): number {
  return events.filter(({ nature }) => nature === 'poison').length
}

function openState({ plan, statePath, memory }: World): State {
  if (plan.state === 'memory') return memory
  return sqliteState({ path: statePath, rememberMs: settledWindowMs + 7_200_000 })
}

function recordOf({ events }: World, event: AuditLogEvent): AuditLogRecord {
  if (events.find(({ gid }) => gid === event.gid)?.nature === 'unmappable') throw new Error('no record of it')
  return toLogRecord(event, { fieldPolicy: keepAll })
}

/** The reader has caught up, so there may be something new the next time it asks. */
function grow(world: World): void {
  if (world.growthsLeft === 0) return
  world.growthsLeft -= 1
  const grown = growth(world.plan, world.events.length, world.clock.now())
  world.events.push(...grown)
  world.simulator.add(grown.map(({ raw }) => raw))
}

function pauseBetweenLives({ plan, clock, simulator }: World, life: number): void {
  if (plan.draw('expired', life) < 0.2) simulator.expireOffsets()
  // A late event that waits longer than the settled window is not promised to be found.
  const days = plan.lateEvents === 'none' && plan.draw('days', life) < 0.2 ? 7 : 0
  clock.advance(days * 86_400_000)
}

/** A life that ended by itself has committed all that it sent. */
function leftOpen({ receiver, committed }: World): string[] {
  return [...new Set(receiver.arrived)]
    .filter((id) => !committed.has(id))
    .map((id) => `${id} was accepted and not committed at the end`)
}

async function evidence(world: World): Promise<Evidence> {
  const { plan, events, receiver, unsettled } = world
  const state = openState(world)
  try {
    const quarantine = []
    for await (const entry of state.quarantine()) quarantine.push(entry)
    const ledger = await state.ledger('history', 0, Number.MAX_SAFE_INTEGER)
    // The order of the log; what has no place in it is left out.
    const order = world.simulator.events.map((event) => event.gid)
    return { ...receiver, plan, events, order, unsettled, quarantine, ledger }
  } finally {
    if (state !== world.memory) await state.close()
  }
}

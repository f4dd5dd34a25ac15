import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rewindLanes } from '../../../packages/cli/src/pipelines/rewind-lanes.ts'
import {
  type Fact,
  type HttpClient,
  httpClient,
  memoryState,
  type SharedReader,
  type State,
  sharedPages,
} from '../../../packages/core/src/index.ts'
import { hourOf } from '../../../packages/core/src/ledger.ts'
import { sqliteState } from '../../../packages/core/src/state/sqlite/sqlite-state.ts'
import { type Simulator, startSimulator } from '../../../packages/simulator/src/index.ts'
import { type HistoryClock, historyClock, historyStart } from '../histories/clock.ts'
import { type Mortal, mortal } from '../histories/mortal.ts'
import { rereadEveryMs } from '../histories/plan.ts'
import { pipelineViolations } from './check.ts'
import { excuse, newPipeline, type Pipeline } from './pipeline.ts'
import { type LifePlan, logged, type PipelinesEvent, type PipelinesPlan, pipelinesPlan } from './plan.ts'
import { runPipeline } from './run-pipeline.ts'

/** A bug to plant: what the pipelines get instead of the pages that they share, or of their state. */
export interface PipelinesBug {
  readonly shared?: (reader: SharedReader) => SharedReader
  readonly state?: (state: State, pipeline: Pipeline) => State
}

interface World {
  readonly plan: PipelinesPlan
  readonly clock: HistoryClock
  readonly simulator: Simulator
  readonly events: PipelinesEvent[]
  readonly pipelines: readonly Pipeline[]
  readonly seen: Set<string>
  readonly folder: string
  readonly memory: State
  /** How often the state moved into another file. */
  moves: number
}

/** After as many empty pages of each pipeline, nothing is left for it to read. */
const idleEnough = 3

/** More steps than a process takes if it ends. */
const mostSteps = 20_000

/**
 * Runs pipelines of one process between the simulator and their destinations, over days and several processes. They share their pages.
 * Some are added later, some stop and start again beside the others, some are rewound. The state may move by an export.
 */
export async function pipelinesHistory(
  seed: number,
  bug: PipelinesBug = {},
): Promise<{ readonly violations: readonly string[]; readonly seen: ReadonlySet<string> }> {
  const plan = pipelinesPlan(seed)
  let draws = 0
  const clock = historyClock(plan.turns, () => plan.draw('jitter', draws++))
  const events = logged(plan, 0, historyStart, 'backlog')
  const simulator = await startSimulator({
    events: events.map(({ raw }) => raw),
    now: clock.now,
    defaultLimit: plan.pageSize,
    offsetTtlMs: plan.offsetTtlMs,
    lateEvents: plan.lateEvents === 'visible' ? 'visible' : 'hidden',
    requestsPerMinute: Number.POSITIVE_INFINITY,
  })
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-faults-'))
  const pipelines = plan.pipelines.map(newPipeline)
  const world: World = {
    ...{ plan, clock, simulator, events, pipelines, folder },
    ...{ seen: new Set(), memory: memoryState(), moves: 0 },
  }
  const found: string[] = []
  try {
    for (let number = 0; number <= plan.lives.length; number += 1) {
      await life(world, number, bug)
      const after = plan.lives[number]
      if (after) await between(world, number, after)
    }
    const state = openState(world)
    for (const one of pipelines) {
      const quarantine = await Array.fromAsync(state.quarantine(one.name))
      const ledger = await state.ledger(one.name, 0, Number.MAX_SAFE_INTEGER)
      found.push(...pipelineViolations(one, events, quarantine, ledger))
    }
    await state.close()
  } catch (error) {
    found.push(`the history broke off: ${error instanceof Error ? error.stack : String(error)}`)
  } finally {
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { violations: found, seen: world.seen }
}

function openState({ plan, memory, folder, moves }: World): State & Partial<ReturnType<typeof sqliteState>> {
  return plan.state === 'memory' ? memory : sqliteState({ path: join(folder, `state-${moves}.db`) })
}

/** One process, from its start until it is killed, stopped or, if it is the last, has read everything. */
async function life(world: World, number: number, bug: PipelinesBug): Promise<void> {
  const { plan, clock, simulator, seen } = world
  const { growths, stopAfter, death } = plan.lives[number] ?? {
    ...{ growths: 0, stopAfter: undefined, death: undefined },
  }
  // The last process ends by itself, and looks for late events once more.
  const isLast = number === plan.lives.length
  if (isLast) clock.advance(rereadEveryMs)
  const one = mortal(death)
  let steps = 0
  let overrun: (reason: Error) => void = () => {}
  const tooLong = new Promise<never>((_, reject) => {
    overrun = reject
  })
  const step: Mortal['step'] = (name, work) => {
    steps += 1
    if (steps > mostSteps) overrun(new Error('it does not come to an end'))
    return one.step(name, work)
  }
  const begun = world.pipelines.filter(({ first }) => first <= number)
  const stop = new AbortController()
  const idle = new Map<Pipeline, number>()
  let growthsLeft = growths
  let facts = 0
  const heard = (each: Pipeline, fact: Fact): void => {
    const { type } = fact
    seen.add(type)
    if (fact.type === 'page_read' && fact.readBy !== undefined) seen.add('read with others')
    facts += 1
    if (stopAfter !== undefined && facts > stopAfter && !isLast) stop.abort()
    if (type !== 'idle') return
    idle.set(each, (idle.get(each) ?? 0) + 1)
    if (begun.some((other) => (idle.get(other) ?? 0) < idleEnough)) return
    idle.clear()
    growthsLeft -= 1
    if (growthsLeft >= 0) grow(world)
    else stop.abort()
  }

  const http = httpClient()
  const timed: HttpClient = {
    ...http,
    exchange: (request) => step('a page', () => clock.during(http.exchange(request))),
  }
  const pages = sharedPages({ clock })
  const { shared = (same) => same, state: stored = (same) => same } = bug
  const state = openState(world)
  const access = { workspace: simulator.workspace, token: 'simulator-token', baseUrl: simulator.url }
  const mortalClock = {
    ...clock,
    sleep: (ms: number, signal?: AbortSignal) => step('a wait', () => clock.sleep(ms, signal)),
  }
  const run = async (each: Pipeline): Promise<void> => {
    await mortalClock.sleep(Math.floor(plan.draw('stagger', number, each.name) * 30_000))
    const restarts = plan.draw('restarts', number, each.name) < 0.3 && !isLast ? 1 : 0
    for (let start = 0; start <= restarts && !stop.signal.aborted; start += 1) {
      const own = new AbortController()
      let ownFacts = 0
      const most = start < restarts ? plan.draw('stops itself', number, each.name) * 40 : mostSteps
      each.isTroubled = false
      using reader = pages.reader(each.name)
      await runPipeline(each, {
        ...{ plan, events: world.events, step, access, http: timed, clock: mortalClock },
        ...{ shared: shared(reader), state: stored(state, each), once: isLast },
        signal: AbortSignal.any([stop.signal, own.signal]),
        onFact(fact) {
          heard(each, fact)
          ownFacts += 1
          if (ownFacts > most) own.abort()
        },
      })
      if (each.isTroubled) excuse(each, plan.pageSize)
    }
  }
  const all = Promise.all(begun.map(run))
  // The promise that loses the race may still reject.
  all.catch(() => {})
  const end = await Promise.race([all.then(() => 'ended'), one.death, tooLong])
  seen.add(one.isDead ? 'killed' : end)
  await http.close()
  await state.close()
  if (one.isDead) for (const each of begun) excuse(each, plan.pageSize)
  if (growthsLeft > 0) grow(world)
}

/** What a person or time does between two processes. */
async function between(
  world: World,
  number: number,
  { downMs, expired, rewound, isMoved }: LifePlan,
): Promise<void> {
  const { plan, clock, simulator, seen } = world
  if (expired) simulator.expireOffsets()
  clock.advance(downMs)
  const one = rewound && world.pipelines[rewound.index]
  if (one && one.first <= number) await rewind(world, one, hourOf(clock.now() - downMs - rewound.byMs))
  if (!isMoved || plan.state === 'memory') return
  seen.add('moved')
  const before = sqliteState({ path: join(world.folder, `state-${world.moves}.db`) })
  world.moves += 1
  const after = sqliteState({ path: join(world.folder, `state-${world.moves}.db`) })
  await after.import(before.export())
  await before.close()
  await after.close()
}

async function rewind(world: World, one: Pipeline, hour: number): Promise<void> {
  const state = openState(world)
  const lanes = await state.lanes()
  if (lanes.some(({ pipeline }) => pipeline === one.name)) {
    const claim = await state.claim(one.name)
    const { from } = await rewindLanes(claim, one.name, lanes, hour)
    // `deliver` never reads the lane that a rewind makes for `deliverLanes`. At the next rewind it would count as unread.
    if (!one.isTwoLanes) await claim.drop('backlog')
    await claim.release()
    world.seen.add('rewound')
    one.rewoundTo = from
    for (const { gid, at, late } of world.events) {
      if (at < from && late && !one.arrived.has(gid)) one.optional.add(gid)
      if (at < from) continue
      one.arrived.delete(gid)
      one.excused.delete(gid)
      one.committed.delete(gid)
      one.quarantined.delete(gid)
    }
  }
  await state.close()
}

function grow({ plan, clock, simulator, events }: World): void {
  const grown = logged(plan, events.length, clock.now(), 'growth')
  events.push(...grown)
  simulator.add(grown.map(({ raw }) => raw))
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Claim,
  type Fact,
  type HttpClient,
  httpClient,
  type LaneName,
  type SharedReader,
  type Sink,
  sharedPages,
} from '../../../packages/core/src/index.ts'
import {
  type AuditLogEvent,
  type AuditLogRecord,
  keepAll,
  toLogRecord,
} from '../../../packages/schema/src/index.ts'
import { startSimulator } from '../../../packages/simulator/src/index.ts'
import { violations } from './check.ts'
import { historyClock, historyStart } from './clock.ts'
import { accompany, companions, companionViolations, firstLife } from './companion.ts'
import { delayWatch } from './delay.ts'
import { deliverInForm, type Parts } from './form.ts'
import { watchedClaim } from './lane.ts'
import { type Mortal, mortal } from './mortal.ts'
import {
  backlog,
  type HistoryPlan,
  historyPlan,
  isTooOld,
  pageFault,
  rereadEveryMs,
  settledWindowMs,
} from './plan.ts'
import { historyReceiver } from './receiver.ts'
import { historySink } from './sink.ts'
import {
  evidence,
  grow,
  historyMemory,
  isNeedless,
  leftOpen,
  mendOddity,
  openState,
  pauseBetweenLives,
  type World,
} from './world.ts'

/** A bug to plant. Each function receives a correct part and returns the part to use. `parts` works only in forms with one lane. */
export interface Bug {
  /** Whether a history of this plan can show the bug. Default: every history can. */
  readonly showsIn?: (plan: HistoryPlan) => boolean
  readonly parts?: (parts: Parts) => Parts
  readonly http?: (http: HttpClient) => HttpClient
  readonly claim?: (claim: Claim) => Claim
  readonly sink?: (sink: Sink<AuditLogRecord>) => Sink<AuditLogRecord>
  readonly shared?: (reader: SharedReader) => SharedReader
}

export interface History {
  /** The promises that were broken; empty if there are none. */
  readonly violations: readonly string[]
  /** The faults, deaths and other turns that happened. */
  readonly seen: ReadonlySet<string>
  readonly deaths: number
}

/** The facts that are turns of a history. */
const told: ReadonlySet<string> = new Set([
  ...['healed', 'late', 'repeats_dropped', 'paused', 'quarantined', 'too_old', 'probed'],
])

/** More steps than a history takes if it ends. */
const mostSteps = 4_000

/**
 * Runs the real loop between the simulator and a receiver, from the first event to the last, with the faults and deaths of
 * the seed.
 */
export async function history(seed: number, bug: Bug = {}): Promise<History> {
  const plan = historyPlan(seed, historyStart)
  let draws = 0
  const clock = historyClock(plan.turns, () => plan.draw('jitter', draws++))
  const events = backlog(plan)
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-history-'))
  const receiver = await historyReceiver(plan, (id) => {
    const event = events.find(({ gid }) => gid === id)
    return event?.nature === 'poison' || (event !== undefined && isTooOld(plan, event, clock.now()))
  })
  const simulator = await startSimulator({
    events: events.map(({ raw }) => raw),
    now: clock.now,
    defaultLimit: plan.pageSize,
    offsetTtlMs: plan.offsetTtlMs,
    lateEvents: plan.lateEvents === 'visible' ? 'visible' : 'hidden',
    oddity: plan.oddity ?? null,
    requestsPerMinute: Number.POSITIVE_INFINITY,
    faults: pageFault(plan),
    onRequest: ({ fault: kind, status, events: served }) => {
      if (kind !== undefined) world.seen.add(`page ${kind}`)
      if (status !== 200 || kind !== undefined) return
      world.pages += 1
      if (served === 0) grow(world)
    },
  })
  const world: World = {
    plan,
    clock,
    simulator,
    receiver,
    events,
    statePath: join(folder, 'state.db'),
    memory: historyMemory(plan),
    committed: new Map(),
    unsettled: new Map(),
    seen: new Set(),
    probed: new Map(),
    needlessPauses: [],
    delays: [],
    told: 0,
    pages: 0,
    growthsLeft: plan.growths,
    companions: companions(plan),
  }
  let deaths = 0
  const found: string[] = []
  try {
    for (let life = 0, isOver = false; !isOver; life += 1) {
      // A process has delivered everything only if no event was added while it ran.
      isOver = life >= plan.deaths.length && world.growthsLeft === 0
      // With `once`, a process looks for late events when that is due, and the last one must.
      if (isOver) clock.advance(rereadEveryMs)
      const end = await live(world, life, bug)
      if (end.startsWith('before') || end.startsWith('after')) deaths += 1
      world.seen.add(end)
      if (end === 'ended') found.push(...leftOpen(world))
      if (end === 'ended' && plan.oddity !== undefined) grow(world)
      pauseBetweenLives(world, life)
    }
    found.push(...world.companions.flatMap((one) => companionViolations(plan, events, one)))
    found.push(...(await violations(await evidence(world))), ...world.needlessPauses, ...world.delays)
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

/** How to run one history again. */
export function reproduction(seed: number): string {
  return `HISTORY_SEED=${seed} npx vitest run test/delivery/histories.test.ts`
}

/** One process, from its start until it is killed, stopped or caught up. */
async function live(world: World, life: number, bug: Bug): Promise<string> {
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
  world.pages = 0
  let steps = 0
  const step: Mortal['step'] = (name, work) => {
    steps += 1
    if (steps > mostSteps) overrun(new Error('it does not come to an end'))
    return one.step(name, work)
  }
  const onFact = (fact: Fact, lane?: LaneName): void => {
    delay.heard(fact, lane)
    if (told.has(fact.type)) world.seen.add(fact.type)
    if (fact.type === 'probed') world.probed.set(fact.id, (world.probed.get(fact.id) ?? 0) + 1)
    // A person repairs a destination that accepts nothing.
    if (fact.type === 'paused' && fact.code === 'set_up_refused') {
      if (isNeedless(world, tookOthers)) world.needlessPauses.push(`life ${life}: ${fact.message}`)
      receiver.mend()
    }
    if (fact.type === 'paused') mendOddity(world, fact.code)
    // Without offsets there is never an empty page.
    if (fact.type === 'idle' && plan.oddity !== undefined) grow(world)
    if (fact.type === 'idle' && !once && world.growthsLeft === 0) stop.abort()
  }

  /** Known from the state. If it is true, a few rejections are no reason to suspect the set-up. */
  let tookOthers = false
  const delay = delayWatch(plan, world.clock)
  const http = httpClient()
  const watched: HttpClient = {
    ...http,
    exchange: (request) => step('a page', () => delay.asked(http, request)),
  }
  const pages = sharedPages({ clock: world.clock })
  const { shared: given = (same) => same } = bug
  const others = new AbortController()
  const access = {
    workspace: world.simulator.workspace,
    token: 'simulator-token',
    baseUrl: world.simulator.url,
  }
  const theirHttp: HttpClient = {
    ...http,
    exchange: (request) => world.clock.during(http.exchange(request)),
  }
  const isLast = life >= plan.deaths.length && world.growthsLeft === 0
  const begun = world.companions.filter((one) => firstLife(plan, one) <= life)
  const theirs = begun.map((one) =>
    accompany(one, {
      ...{ plan, access, http: theirHttp, clock: world.clock, signal: others.signal, once: isLast },
      shared: given(pages.reader(one.name)),
    }),
  )
  const sink = historySink(plan, receiver, world.simulator.workspace, clock)
  const state = openState(world)
  const claim = await state.claim('history')
  tookOthers = (await state.lanes()).some(({ delivered }) => delivered > 0)
  const { parts = (same) => same, http: asked = (same) => same, claim: rows = (same) => same } = bug
  const { sink: sent = (same) => same } = bug
  const running = deliverInForm({
    plan,
    source: {
      ...access,
      ...(theirs.length > 0 && { shared: given(pages.reader('history')) }),
      http: asked(watched),
      once,
      pollMs: plan.pollMs,
      maxPollMs: plan.maxPollMs,
      settledWindowMs: plan.lateEvents === 'none' ? 0 : settledWindowMs(plan),
      rereadEveryMs,
    },
    clock,
    sink: sent({
      ...sink,
      write: (records, signal) => step('a write', () => delay.written(sink, records, signal)),
    }),
    claim: rows(watchedClaim(world, claim, (name, work) => step(name, () => delay.inNoTime(work)))),
    map: (event) => recordOf(world, event),
    signal: stop.signal,
    onFact,
    plant: parts,
  })
  const ended = running.then(() => (stop.signal.aborted ? 'stopped' : 'ended'))
  // The promise that loses the race below may still reject.
  ended.catch(() => {})
  try {
    const end = await Promise.race([ended, one.death, tooLong])
    if (isLast) await Promise.race([Promise.all(theirs), tooLong])
    return end
  } finally {
    others.abort()
    await Promise.all(theirs)
    await sink.close?.()
    await http.close()
    await receiver.quiet()
    await claim.release()
    world.delays.push(...delay.violations)
    if (state !== world.memory) await state.close()
    for (const id of new Set(receiver.arrived)) {
      if (!committed.has(id)) world.unsettled.set(id, (world.unsettled.get(id) ?? 0) + 1)
    }
  }
}

function recordOf({ events }: World, event: AuditLogEvent): AuditLogRecord {
  if (events.find(({ gid }) => gid === event.gid)?.nature === 'unmappable') throw new Error('no record of it')
  return toLogRecord(event, { fieldPolicy: keepAll })
}

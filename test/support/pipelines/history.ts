import {
  type Fact,
  type HttpClient,
  httpClient,
  memoryState,
  type SharedReader,
  type State,
  sharedPages,
} from '../../../packages/core/src/index.ts'
import { ledgerDelta } from '../../../packages/core/src/ledger.ts'
import { type Simulator, startSimulator } from '../../../packages/simulator/src/index.ts'
import { type HistoryClock, historyClock, historyStart } from '../histories/clock.ts'
import { accompany, type Companion, companion, companionViolations } from '../histories/companion.ts'
import { type HistoryEvent, rereadEveryMs } from '../histories/plan.ts'
import { logged, type PipelinesPlan, pipelinesPlan } from './plan.ts'

/** A bug to plant: what the pipelines get instead of the pages that they share. */
export interface PipelinesBug {
  readonly shared?: (reader: SharedReader) => SharedReader
}

interface World {
  readonly plan: PipelinesPlan
  readonly clock: HistoryClock
  readonly simulator: Simulator
  readonly events: HistoryEvent[]
  readonly pipelines: readonly Companion[]
  readonly seen: Set<string>
}

/** The facts that are turns of a history. */
const told: ReadonlySet<string> = new Set(['healed', 'late', 'repeats_dropped', 'retrying'])

/** After as many empty pages of each pipeline, nothing is left for it to read. */
const idleEnough = 3

/**
 * Runs pipelines of one process between the simulator and their destinations, over days and several processes. Some pipelines are added
 * later. None is killed, so each event that a pipeline asks for must reach it exactly once, and be counted once.
 */
export async function pipelinesHistory(
  seed: number,
  bug: PipelinesBug = {},
): Promise<{
  readonly violations: readonly string[]
  readonly seen: ReadonlySet<string>
}> {
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
  const pipelines = plan.pipelines.map((_, index) => companion(plan.draw, `pipeline ${index}`, memoryState()))
  const world: World = { plan, clock, simulator, events, pipelines, seen: new Set() }
  try {
    for (let number = 0; number <= plan.lives.length; number += 1) await process(world, number, bug)
    const found = await Promise.all(pipelines.map((one) => violations(world, one)))
    return { violations: found.flat(), seen: world.seen }
  } finally {
    await simulator.close()
  }
}

/** One process, from its start until it is stopped or, if it is the last, has read everything. */
async function process(
  world: World,
  number: number,
  { shared = (same) => same }: PipelinesBug,
): Promise<void> {
  const { plan, clock, simulator, seen } = world
  const life = plan.lives[number]
  // The last process ends by itself, and looks for late events once more.
  const isLast = life === undefined
  if (isLast) clock.advance(rereadEveryMs)
  const { growths, downMs, stopAfter } = life ?? { growths: 0, downMs: 0, stopAfter: undefined }
  const begun = world.pipelines.filter((_, index) => (plan.pipelines[index]?.first ?? 0) <= number)
  const stop = new AbortController()
  const idle = new Map<Companion, number>()
  let growthsLeft = growths
  let facts = 0

  const heard = (one: Companion, { type }: Fact): void => {
    if (told.has(type)) seen.add(type)
    facts += 1
    if (stopAfter !== undefined && facts > stopAfter) stop.abort()
    if (type !== 'idle') return
    idle.set(one, (idle.get(one) ?? 0) + 1)
    if (begun.some((each) => (idle.get(each) ?? 0) < idleEnough)) return
    idle.clear()
    growthsLeft -= 1
    if (growthsLeft >= 0) grow(world)
    else stop.abort()
  }

  const http = httpClient()
  const timed: HttpClient = { ...http, exchange: (request) => clock.during(http.exchange(request)) }
  const pages = sharedPages({ clock })
  const access = { workspace: simulator.workspace, token: 'simulator-token', baseUrl: simulator.url }
  await Promise.all(
    begun.map(async (one) => {
      await clock.sleep(Math.floor(plan.draw('stagger', number, one.name) * plan.staggerMs))
      await accompany(one, {
        ...{ plan, access, http: timed, clock, signal: stop.signal, once: isLast },
        shared: shared(pages.reader(one.name)),
        onFact: (fact) => heard(one, fact),
      })
    }),
  )
  await http.close()
  if (plan.draw('expired', number) < 0.2) simulator.expireOffsets()
  if (growthsLeft > 0) grow(world)
  clock.advance(downMs)
}

function grow({ plan, clock, simulator, events }: World): void {
  const grown = logged(plan, events.length, clock.now(), 'growth')
  events.push(...grown)
  simulator.add(grown.map(({ raw }) => raw))
}

async function violations({ events }: World, one: Companion): Promise<string[]> {
  const asked = events.filter(({ type }) => one.eventType === undefined || type === one.eventType)
  const expected = ledgerDelta()
  for (const { gid, at } of asked) if (at !== undefined) expected.add(at, 'delivered', gid)
  const counts = (hours: Awaited<ReturnType<State['ledger']>>): Map<string, number> =>
    new Map(hours.map(({ hour, kind, count }) => [`${new Date(hour).toISOString()} ${kind}`, count]))
  const [should, does] = [
    counts(expected.hours()),
    counts(await one.state.ledger(one.name, 0, Number.MAX_SAFE_INTEGER)),
  ]
  return [
    ...companionViolations(events, one),
    ...[...new Set([...should.keys(), ...does.keys()])]
      .filter((hour) => should.get(hour) !== does.get(hour))
      .map((hour) => `${one.name} counts ${does.get(hour)} for ${hour}, not ${should.get(hour)}`),
  ]
}

import { memoryState, type State } from '../../../packages/core/src/index.ts'
import { sqliteState } from '../../../packages/core/src/state/sqlite/sqlite-state.ts'
import type { Simulator } from '../../../packages/simulator/src/index.ts'
import type { Evidence } from './check.ts'
import type { HistoryClock } from './clock.ts'
import type { Companion } from './companion.ts'
import { growth, type HistoryEvent, type HistoryPlan, isTooOld, rememberMs } from './plan.ts'
import type { HistoryReceiver } from './receiver.ts'

/** What remains while the processes of a history end and start. */
export interface World {
  readonly plan: HistoryPlan
  readonly clock: HistoryClock
  readonly simulator: Simulator
  readonly receiver: HistoryReceiver
  readonly events: HistoryEvent[]
  readonly statePath: string
  /** The claim of a state that lasts as long as the history. */
  readonly memory: State
  /** Ids, each with the lane it was committed to last. */
  readonly committed: Map<string, string>
  /** How often an id had arrived and was not committed when a process ended. */
  readonly unsettled: Map<string, number>
  readonly seen: Set<string>
  /** How often an event was sent before its turn, to test the destination. */
  readonly probed: Map<string, number>
  /** Pauses without a reason. */
  readonly needlessPauses: string[]
  /** Events that waited without a reason. */
  readonly delays: string[]
  /** How often an odd server was reported. */
  told: number
  /** Pages that were answered in this process. */
  pages: number
  growthsLeft: number
  readonly companions: readonly Companion[]
}

/** A state that lasts as long as the history. */
export function historyMemory(plan: HistoryPlan): State {
  return memoryState({ rememberMs: rememberMs(plan) })
}

export function openState({ plan, statePath, memory }: World): State {
  if (plan.state === 'memory') return memory
  return sqliteState({ path: statePath, rememberMs: rememberMs(plan) })
}

/**
 * Whether a pause for the set-up has no reason: few events are refused for their content, and either the destination accepts any age and
 * accepted others in an earlier process, or it has no other faults and accepts the newest event.
 */
export function isNeedless({ plan, events, clock }: World, tookOthers: boolean): boolean {
  if (events.filter(({ nature }) => nature === 'poison').length > 2) return false
  // If the server ignores times, no newer event is found for the test.
  if (plan.oddity !== undefined) return false
  if (plan.takesMs === undefined) return tookOthers
  const newest = events.reduce((a, b) => ((b.at ?? 0) >= (a.at ?? 0) ? b : a))
  const isTaken = newest.nature === 'good' && !isTooOld(plan, newest, clock.now())
  return isTaken && plan.writeFaults === 0
}

/** The codes that report a server with wrong queries or offsets. */
const oddityCodes: ReadonlySet<string> = new Set(['no_headway', 'filters_ignored', 'page_without_offset'])

/** A person repairs an odd server after the report. Until then the reader must not have requested more pages than exist. */
export function mendOddity(world: World, code: string): void {
  const { plan, simulator, events, seen, pages, needlessPauses } = world
  if (plan.oddity === undefined || !oddityCodes.has(code)) return
  seen.add(`${plan.oddity}: ${code}`)
  world.told += 1
  if (world.told >= plan.oddityTold) simulator.set({ oddity: null })
  if (pages > events.length + 40) needlessPauses.push(`${pages} pages came before ${code} was told`)
}

/** The reader has caught up, so the log may grow before its next request. */
export function grow(world: World): void {
  if (world.growthsLeft === 0) return
  world.growthsLeft -= 1
  const grown = growth(world.plan, world.events.length, world.clock.now())
  world.events.push(...grown)
  world.simulator.add(grown.map(({ raw }) => raw))
}

export function pauseBetweenLives({ plan, clock, simulator }: World, life: number): void {
  if (plan.draw('expired', life) < 0.2) simulator.expireOffsets()
  // Late events are found after any break, except in a time range whose window is over by then.
  const mayBreak = plan.lateEvents === 'none' || plan.form !== 'windows'
  const days = mayBreak && plan.draw('days', life) < 0.2 ? 7 : 0
  clock.advance(days * 86_400_000)
}

/** A process that ended by itself has committed everything that it sent, except events that it sent before their turn. */
export function leftOpen({ receiver, committed, probed }: World): string[] {
  return [...new Set(receiver.arrived)]
    .filter((id) => !committed.has(id) && !probed.has(id))
    .map((id) => `${id} was accepted and not committed at the end`)
}

export async function evidence(world: World): Promise<Evidence> {
  const { plan, events, receiver, unsettled, committed, probed, clock } = world
  const state = openState(world)
  try {
    const quarantine = []
    for await (const entry of state.quarantine()) quarantine.push(entry)
    const ledger = await state.ledger('history', 0, Number.MAX_SAFE_INTEGER)
    // The order of the log, without events that have no place in it.
    const order = world.simulator.events.map((event) => event.gid)
    return {
      ...receiver,
      plan,
      events,
      order,
      committed,
      unsettled,
      probed,
      quarantine,
      ledger,
      endedAt: clock.now(),
    }
  } finally {
    if (state !== world.memory) await state.close()
  }
}

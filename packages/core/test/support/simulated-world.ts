import {
  type AsanaBackfillOptions,
  type AsanaSourceOptions,
  asanaBackfill,
  asanaSource,
  type Delivered,
  type DeliveryOptions,
  deliver,
  type Fact,
  type Lane,
  memoryState,
  type Sink,
  type State,
} from '@asana-audit/core'
import type { AuditLogEvent } from '@asana-audit/schema'
import { type Simulator, type SimulatorOptions, startSimulator } from '@asana-audit/simulator'
import { type AutoClock, autoClock } from './auto-clock.ts'

export type World = Simulator & AsyncDisposable & { readonly clock: AutoClock }

/** Simulator and connector live in one time, which passes only by waiting. */
export async function simulated(options: SimulatorOptions = {}): Promise<World> {
  // A working afternoon, whatever day it is: generated events keep office hours.
  const clock = autoClock(Date.parse('2026-03-04T15:00:00Z'))
  const simulator = await startSimulator({ now: clock.now, ...options })
  // Not a spread: `events` and `stats` are computed when they are read.
  return Object.assign(Object.create(simulator) as Simulator, {
    clock,
    [Symbol.asyncDispose]: () => simulator.close(),
  })
}

export interface Arrivals extends Sink<string> {
  readonly gids: string[]
}

/** `before` runs before a write is taken, and may throw. */
export function arrivals(before: (write: number) => void = () => {}): Arrivals {
  const gids: string[] = []
  let writes = 0
  return {
    gids,
    // A write a page: putting pages together would wait, and waiting is what moves the clock of these tests.
    prefers: { records: 1 },
    async write(records) {
      writes += 1
      before(writes)
      gids.push(...records)
    },
  }
}

export interface Run {
  readonly sink: Arrivals
  readonly state?: State
  readonly source?: Partial<AsanaSourceOptions>
  /** Reads up to the world's present in windows instead. */
  readonly backfill?: Partial<AsanaBackfillOptions>
  readonly deliver?: Partial<DeliveryOptions<AuditLogEvent, string>>
  readonly onFact?: (fact: Fact) => void
  /** Runs before a batch is committed, and may throw. */
  readonly beforeCommit?: () => void
}

/** One life of a process: claims the pipeline, delivers until caught up or stopped, and releases it. */
export async function run(world: World, given: Run): Promise<Delivered> {
  const { clock } = world
  const { sink, state = memoryState(), onFact, beforeCommit } = given
  const access = { workspace: world.workspace, token: 'simulator-token', baseUrl: world.url }
  const options = { ...access, clock, once: true, onFact }
  const source = given.backfill
    ? asanaBackfill({ ...options, until: new Date(clock.now()).toISOString(), ...given.backfill })
    : asanaSource({ ...options, ...given.source })
  const claim = await state.claim('test')
  try {
    const stored = await claim.lane('live', source.fingerprint)
    const lane: Lane = {
      ...stored,
      async commit(batch) {
        beforeCommit?.()
        await stored.commit(batch)
      },
    }
    return await deliver({ source, map: (event) => event.gid, sink, lane, clock, onFact, ...given.deliver })
  } finally {
    await claim.release()
  }
}

export const gidsOf = (events: readonly AuditLogEvent[]): string[] => events.map(({ gid }) => gid)

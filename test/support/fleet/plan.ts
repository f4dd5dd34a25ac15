import { between, type Draw, drawOf } from '../histories/draw.ts'

/** What happens to one worker, or to the database under all of them. */
export const disturbances = [
  /** SIGKILL with a write under way, which the destination has accepted. */
  'killed',
  /** SIGSTOP with a write under way; SIGCONT once others have done its work. */
  'stopped',
  /** The same with a commit under way: its transaction is open and keeps its locks. */
  'stopped in a commit',
  /** All connections to PostgreSQL are reset, with a write under way. */
  'cut',
  /** Nothing passes between the worker and PostgreSQL any more, and no end is told. A commit is under way. */
  'silent',
  /** PostgreSQL makes a commit, and the worker does not hear of it. */
  'commit lost',
  /** PostgreSQL ends without a checkpoint, and starts again. */
  'database',
] as const
export type Disturbance = (typeof disturbances)[number]

export interface TenantPlan {
  readonly name: string
  /** Events in its log at the start. With many, the log is divided into live and backlog. */
  readonly events: number
  /** The round at whose start it is added; undefined: from the start. */
  readonly added: number | undefined
  /** The round in which it is removed. */
  readonly removed: number | undefined
}

/** Everything that a seed decides. When a turn begins and which worker takes it, the machine decides. */
export interface FleetPlan {
  readonly seed: number
  readonly draw: Draw
  readonly tenants: readonly TenantPlan[]
  /** What happens at once, each to another worker. At least one worker is left alone, unless it is the database. */
  readonly rounds: readonly (readonly Disturbance[])[]
  /** Shares of requests that fail. */
  readonly pageFaults: number
  readonly writeFaults: number
  /** The longest time the destination needs for a write. */
  readonly writeMs: number
  /** The share of polls after which there are new events. */
  readonly growth: number
}

export const workerNames = ['worker a', 'worker b', 'worker c'] as const
export type WorkerName = (typeof workerNames)[number]

export const pageSize = 10
export const pollSeconds = 2

/** More than the few pages that are read without dividing the log. */
const large = { from: 150, to: 300 }
const small = { from: 0, to: 30 }

export function fleetPlan(seed: number): FleetPlan {
  const draw = drawOf(seed)
  const rounds = shuffled(draw, 'disturbances', disturbances)
  return {
    seed,
    draw,
    tenants: [
      ...Array.from({ length: between(draw('tenants'), 12, 24) }, (_, index) =>
        tenant(draw, index, undefined, index < 2 ? index : undefined),
      ),
      ...[0, 0, 1, 1].map((added, index) => tenant(draw, 100 + index, added, undefined)),
    ],
    rounds: [rounds.slice(0, 2), rounds.slice(2, 4)],
    pageFaults: draw('page faults') < 0.3 ? 0 : 0.1 * draw('pages'),
    writeFaults: draw('write faults') < 0.3 ? 0 : 0.2 * draw('writes'),
    writeMs: between(draw('write takes'), 0, 400),
    growth: 0.2 + 0.6 * draw('growth'),
  }
}

function tenant(
  draw: Draw,
  number: number,
  added: number | undefined,
  removed: number | undefined,
): TenantPlan {
  const { from, to } = draw('is large', number) < 0.25 ? large : small
  return { name: `tenant-${number}`, events: between(draw('events', number), from, to), added, removed }
}

/** The worker that a disturbance of a round happens to. */
export function victims({ draw }: FleetPlan, round: number): readonly WorkerName[] {
  return shuffled(draw, ['victims', round], workerNames)
}

function shuffled<T>(draw: Draw, name: unknown, values: readonly T[]): T[] {
  return values
    .map((value, index) => ({ value, order: draw(name, index) }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value)
}

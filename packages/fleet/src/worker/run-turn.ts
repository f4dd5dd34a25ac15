import { deliver, type Fact, type HttpClient, type LaneName, toFault } from '@asana-audit/core'
import { backlogLeft, backlogUntil, divideLog, laneSource } from '@asana-audit/core/backlog'
import { rememberedMs } from '@asana-audit/core/config'
import type { LaneCommit, LoadedLane } from '@asana-audit/core/postgres-state'
import type { BudgetOf } from '../budget/shared-budgets.ts'
import type { Database } from '../database/open-database.ts'
import type { Tenant } from '../tenants/tenant.ts'
import { type CutOptions, cutSource } from './cut-source.ts'
import type { FailingTurns } from './failing-turns.ts'
import type { GroupCommits } from './group-commits.ts'
import type { OpenTenant, TenantPipeline } from './tenant-pipeline.ts'
import { endTurn, laneOf, lose, pauseMs, type Turn, type TurnEnd } from './turn.ts'
import { type TurnLane, turnLane } from './turn-lane.ts'

export interface RunTurnOptions<R> {
  readonly open: OpenTenant<R>
  /** The name of the worker. */
  readonly name: string
  readonly database: Database
  readonly commits: GroupCommits
  readonly budgetOf: BudgetOf
  readonly http: HttpClient
  readonly failing: FailingTurns
  readonly cut: CutOptions
  readonly graceMs: number
  readonly onFact: (fact: Fact, tenant: Tenant, lane: LaneName) => void
}

/** How a turn ended, and what is to be saved with its end. */
export interface Ran {
  readonly end: TurnEnd
  readonly rest: readonly LaneCommit[]
}

/** Delivers for one turn until the log ends, or until it has to end. Never rejects. */
export async function runTurn<R>(options: RunTurnOptions<R>, turn: Turn): Promise<Ran> {
  const { tenant, waitMs } = turn
  if (turn.end) return { end: turn.end, rest: [] }
  const isStopped = tenant.state === 'paused' && tenant.paused?.nextTry === undefined
  if (tenant.state === 'removed' || isStopped) return { end: { outcome: 'finished' }, rest: [] }
  if (waitMs > 0) return { end: { outcome: 'waiting', forMs: waitMs }, rest: [] }
  try {
    const pipeline = await options.open(tenant)
    const reading = readingOf(options, turn, pipeline)
    if (turn.queue === 'tail') {
      const start = await dividedStart(reading)
      return start ? await deliverLane(reading, start) : { end: { outcome: 'caught_up' }, rest: [] }
    }
    const { backlog } = turn.lanes
    // If a person has rewound the tenant, its log is not divided yet: the turn for new events divides it, and plans a turn here.
    const isReady = backlog.cursor !== undefined && backlogUntil(backlog.cursor) !== undefined
    return isReady ? await deliverLane(reading, backlog) : { end: { outcome: 'finished' }, rest: [] }
  } catch (error) {
    return { end: turn.end ?? endAfter(options, turn, error), rest: [] }
  } finally {
    options.failing.delete(turn)
  }
}

/** A turn with all that reads and writes for it. */
interface Reading<R> {
  readonly options: RunTurnOptions<R>
  readonly turn: Turn
  readonly pipeline: TenantPipeline<R>
  readonly source: Parameters<typeof laneSource>[1]
  readonly onFact: (fact: Fact) => void
}

function readingOf<R>(options: RunTurnOptions<R>, turn: Turn, pipeline: TenantPipeline<R>): Reading<R> {
  const { failing, http, budgetOf } = options
  const lane = laneOf(turn)
  const onFact = (fact: Fact): void => {
    options.onFact(fact, turn.tenant, lane)
    if (fact.type === 'retrying' && fact.part !== 'state') failing.add(turn)
    else if (fact.type === 'healed') turn.hasHealed = true
    else if (fact.type === 'resumed' || fact.type === 'write_accepted') failing.delete(turn)
    // The tenant pauses, not the turn: its slot is for others.
    else if (fact.type === 'paused')
      endTurn(turn, { outcome: 'paused', code: fact.code, message: fact.message })
  }
  return {
    ...{ options, turn, pipeline, onFact },
    source: {
      ...{ http, windows: 1, ...pipeline.source },
      ...{ budget: budgetOf(turn.tenant.tokenRef, turn.askFreelyUntil), once: true, onFact },
    },
  }
}

/** Divides the log if that was not done yet. Returns where new events begin; undefined if the tenant asks for older events only. */
async function dividedStart<R>({
  options,
  turn,
  source,
  onFact,
}: Reading<R>): Promise<LoadedLane | undefined> {
  const { live, backlog } = turn.lanes
  const isDivided =
    live.cursor !== undefined && (backlog.cursor === undefined || backlogUntil(backlog.cursor) !== undefined)
  if (isDivided) return live
  const { onFact: _, ...given } = source
  const { lanes, start, moved } = await divideLog({
    ...{ source: given, cursors: { live: live.cursor, backlog: backlog.cursor } },
    ...{ signal: turn.stop.signal, onFact, pauseMs },
  })
  const { pipelineId } = turn.tenant
  // One commit for all lanes, so that either all of them are there or none.
  const saved = await options.commits.save({
    ...{ turn, start, hasBacklog: lanes.includes('backlog') },
    lanes: moved.map(({ lane, cursor }) => ({
      ...{ pipelineId, name: lane, owner: options.name, version: turn.lanes[lane].version },
      attempt: `${turn.attempt.id} ${turn.attempt.retryCount} division`,
      fingerprint: laneSource(lane, source).fingerprint,
      commit: { cursor, delivered: [], quarantined: [] },
    })),
  })
  if (saved.is === 'refused') throw lose(turn, saved.why)
  if (!lanes.includes('live')) return undefined
  const at = moved.find(({ lane }) => lane === 'live')
  if (!at) return live
  const { fingerprint } = laneSource('live', source)
  return { ...live, fingerprint, cursor: at.cursor, version: live.version + 1n }
}

async function deliverLane<R>(
  { options, turn, pipeline, source, onFact }: Reading<R>,
  start: LoadedLane,
): Promise<Ran> {
  const { name: owner, database, commits, graceMs } = options
  const read = laneSource(laneOf(turn), source)
  const cut = cutSource(read, options.cut)
  const lane = turnLane({
    ...{ turn, start, fingerprint: read.fingerprint, owner, database, commits },
    rememberMs: rememberedMs(pipeline.source),
  })
  const { map, sink, health, onUncertain, onArrival } = pipeline
  await deliver({
    ...{ source: cut.source, map, sink, lane, onFact, graceMs, pauseMs },
    ...{ health, onUncertain, onArrival, onFatal: 'pause', signal: turn.stop.signal },
  })
  const end = turn.end ?? endOfLog(turn, lane, cut.isCut())
  const isPoll = turn.queue === 'tail' && end.outcome === 'caught_up'
  const isIdle = isPoll && !turn.hasHealed && lane.isIdle()
  return { end, rest: turn.lost || isIdle ? [] : lane.rest() }
}

function endOfLog({ queue }: Turn, lane: TurnLane, isCut: boolean): TurnEnd {
  const cursor = lane.cursor()
  if (queue === 'backlog' && cursor !== undefined && backlogLeft(cursor) === undefined)
    return { outcome: 'finished' }
  return { outcome: isCut ? 'cut' : 'caught_up' }
}

/** The end of a turn whose delivery has rejected. Reports the error, which nobody has reported yet. */
function endAfter<R>({ onFact }: RunTurnOptions<R>, turn: Turn, error: unknown): TurnEnd {
  const { fault: kind, code, message } = toFault(error)
  const fact = { part: 'source', code, message } as const
  if (kind === 'fatal') {
    onFact({ ...fact, type: 'paused', waitMs: pauseMs }, turn.tenant, laneOf(turn))
    return { outcome: 'paused', code, message }
  }
  const waitMs = Math.min(60_000, turn.tenant.pollSeconds * 1_000)
  onFact({ ...fact, type: 'retrying', failures: 1, waitMs }, turn.tenant, laneOf(turn))
  return { outcome: 'failing' }
}

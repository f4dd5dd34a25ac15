import { raceAbort } from '@asana-audit/core/sink-kit'
import type { PgBoss } from 'pg-boss'
import type { Database } from '../database/open-database.ts'
import { settledJobs } from '../turns/settled-jobs.ts'
import type { TurnData, TurnQueue } from '../turns/turn-queues.ts'
import { type FetchedJob, loadTurns } from './load-turns.ts'
import { endTurn, type Turn } from './turn.ts'

export interface SlotsOptions {
  readonly queue: TurnQueue
  /** Most turns at once. */
  readonly count: number
  readonly boss: PgBoss
  readonly database: Database
  /** Runs a turn and settles it. Never rejects. */
  readonly run: (turn: Turn) => Promise<void>
  /** Tries until the database answers, or rejects once the worker stops. */
  readonly patiently: <T>(work: () => Promise<T>) => Promise<T>
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface Slots {
  /** Turns under way. */
  readonly turns: ReadonlySet<Turn>
  /** Takes turns until `signal` is aborted. Then it ends those under way, and resolves when none is any more. */
  work(signal: AbortSignal): Promise<void>
}

/** The wait after all free slots were filled. The slots that become free meanwhile are filled by one query. */
const fullMs = 50
/** The wait after fewer turns were found than there were free slots: those that become due meanwhile are found by one query, this late at most. */
const idleMs = 500

/** The slots of one queue. It fetches as many turns as it has free slots: pg-boss's own `work` waits for the slowest of a batch. */
export function openSlots(options: SlotsOptions): Slots {
  const { queue, count, boss, database, run, patiently, sleep } = options
  const turns = new Set<Turn>()
  let isStopped = false
  let freed = Promise.withResolvers<void>()

  /** Whether it found as many turns as it asked for, so that there may be more. */
  async function fill(): Promise<boolean> {
    const free = count - turns.size
    const jobs = await patiently(() => boss.fetch<TurnData>(queue, { batchSize: free }))
    if (jobs.length === 0) return false
    // A job that is fetched and forgotten would come back only when its heartbeats are missed. The first try is made also after a stop, so that
    // the turns are handed back.
    const loaded = await load(jobs).catch(() => patiently(async () => load(await ours(jobs))))
    for (const turn of loaded) void start(turn)
    return jobs.length === free
  }

  /** The jobs that were not given to another worker while the database was away. */
  async function ours(jobs: readonly FetchedJob[]): Promise<FetchedJob[]> {
    const touched = settledJobs(await boss.touch(queue, jobs.map(attemptOf)))
    return jobs.filter(({ id }) => touched.has(id))
  }

  async function load(jobs: readonly FetchedJob[]): Promise<Turn[]> {
    const loaded = await loadTurns(database, queue, jobs)
    const ids = new Set(loaded.map(({ attempt }) => attempt.id))
    // Jobs without a turn: somebody has deleted their tenants by hand.
    const orphans = jobs.filter(({ id }) => !ids.has(id)).map(attemptOf)
    if (orphans.length > 0) await boss.deleteJob(queue, orphans)
    return loaded
  }

  async function start(turn: Turn): Promise<void> {
    turns.add(turn)
    if (isStopped) endTurn(turn, { outcome: 'handed_back' })
    await run(turn)
    turns.delete(turn)
    freed.resolve()
    freed = Promise.withResolvers()
  }

  return {
    turns,
    async work(signal) {
      while (!signal.aborted) {
        if (turns.size >= count) {
          await raceAbort(freed.promise, signal).catch(() => {})
          continue
        }
        try {
          const isFull = await fill()
          await sleep(isFull ? fullMs : idleMs, signal)
        } catch (error) {
          if (!signal.aborted) throw error
        }
      }
      isStopped = true
      for (const turn of turns) endTurn(turn, { outcome: 'handed_back' })
      while (turns.size > 0) await freed.promise
    },
  }
}

function attemptOf({ id, retryCount }: FetchedJob): { id: string; retryCount: number } {
  return { id, retryCount }
}

import { raceAbort } from '@asana-audit/core/sink-kit'
import type { PgBoss } from 'pg-boss'
import type { Database } from '../database/open-database.ts'
import type { TurnData, TurnQueue } from '../turns/turn-queues.ts'
import { loadTurns } from './load-turns.ts'
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

/** After turns were found. So the slots that become free meanwhile are filled by one query. */
const busyMs = 50
/** After none was found: a turn that becomes due waits at most so long. */
const idleMs = 500

/** The slots of one queue. It fetches as many turns as it has free slots: pg-boss's own `work` waits for the slowest of a batch. */
export function openSlots(options: SlotsOptions): Slots {
  const { queue, count, boss, database, run, patiently, sleep } = options
  const turns = new Set<Turn>()
  let isStopped = false
  let freed = Promise.withResolvers<void>()

  async function fetch(): Promise<number> {
    const jobs = await boss.fetch<TurnData>(queue, { batchSize: count - turns.size })
    if (jobs.length === 0) return 0
    const loaded = await loadTurns(database, queue, jobs)
    const ids = new Set(loaded.map(({ attempt }) => attempt.id))
    // Somebody deleted their tenants by hand.
    const orphans = jobs.filter(({ id }) => !ids.has(id)).map(({ id, retryCount }) => ({ id, retryCount }))
    if (orphans.length > 0) await boss.deleteJob(queue, orphans)
    for (const turn of loaded) void start(turn)
    return jobs.length
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
          const found = await patiently(fetch)
          await sleep(found > 0 ? busyMs : idleMs, signal)
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

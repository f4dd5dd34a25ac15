import { hostname } from 'node:os'
import { httpClient, type OnFact } from '@asana-audit/core'
import { retry, systemClock } from '@asana-audit/core/sink-kit'
import { sharedBudgets } from '../budget/shared-budgets.ts'
import { guarded } from '../database/database-fault.ts'
import { openDatabase } from '../database/open-database.ts'
import { agreeOn } from '../schema/agreed-settings.ts'
import { requireFleet } from '../schema/schema-version.ts'
import { createTurnQueues } from '../turns/create-turn-queues.ts'
import { openBoss, startBoss } from '../turns/open-boss.ts'
import type { TurnQueue } from '../turns/turn-queues.ts'
import { bossTrouble } from './boss-trouble.ts'
import { checkWorkerOptions } from './check-worker-options.ts'
import { endChangedTurns } from './end-changed-turns.ts'
import { failingTurns } from './failing-turns.ts'
import type { FleetWorkerOptions } from './fleet-worker-options.ts'
import { groupCommits } from './group-commits.ts'
import { beat, heartbeatMs } from './heartbeats.ts'
import { onceEachSight } from './once-each-sight.ts'
import { planMissingTurns } from './plan-missing-turns.ts'
import { openSlots, type Slots } from './slots.ts'
import { turnRunner } from './turn-runner.ts'
import { workerRow } from './worker-row.ts'
import { writeGroup } from './write-group.ts'

/** If PostgreSQL does not answer within this time, the connection counts as dead, and a new one is made. */
const deadlineMs = 15_000

/**
 * Takes turns of tenants until it is stopped: each reads some pages of one tenant, delivers them and commits. Any number of workers share the
 * tenants of a database. If one dies, others have its turns within about 15 seconds; if one stands still and goes on later, its commits are
 * refused.
 *
 * Rejects at the start with a fatal `bad_option`, `unknown_option`, `not_migrated`, `newer_state` or `settings_differ`, or with a
 * temporary fault of the database. Afterwards it waits for the database as long as it takes. Resolves after the stop.
 */
export async function fleetWorker<R>(options: FleetWorkerOptions<R>): Promise<void> {
  checkWorkerOptions(options)
  const { pool, signal, requestsPerMinute = 1_200, graceMs = 10_000, onDatabase } = options
  await guarded(async () => {
    await requireFleet(pool)
    await agreeOn(pool, { requestsPerMinute })
  })
  // Idle connections may break; the pool replaces them.
  const ignore = (): void => {}
  pool.on('error', ignore)
  const database = openDatabase(pool, deadlineMs)
  const boss = openBoss(database, (error) => onDatabase?.(bossTrouble(error)))
  const http = httpClient()
  /** Aborted by the stop, or when a part of the worker has failed: no turn begins any more. */
  const stop = new AbortController()
  /** Aborted when all turns have ended, or when there is no time left for that. */
  const over = new AbortController()
  const end = (): void => {
    stop.abort(new Error('The worker stops.'))
    setTimeout(() => over.abort(), graceMs + deadlineMs).unref()
  }
  try {
    await guarded(async () => {
      await startBoss(boss)
      await createTurnQueues(boss)
    })
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    const parts = partsOf(options, { database, boss, http, stop: stop.signal, over })
    const ends = await Promise.allSettled(
      parts.map((part) =>
        part.catch((error: unknown) => {
          end()
          throw error
        }),
      ),
    )
    for (const one of ends) if (one.status === 'rejected') throw one.reason
  } finally {
    signal.removeEventListener('abort', end)
    over.abort()
    await boss.stop({ graceful: false, close: false })
    await http.close()
    pool.off('error', ignore)
  }
}

interface Running {
  readonly database: ReturnType<typeof openDatabase>
  readonly boss: ReturnType<typeof openBoss>
  readonly http: ReturnType<typeof httpClient>
  readonly stop: AbortSignal
  readonly over: AbortController
}

/** All that a worker does at the same time. Each part resolves after the stop. */
function partsOf<R>(options: FleetWorkerOptions<R>, running: Running): Promise<void>[] {
  const { database, boss, http, stop, over } = running
  const { open, name = `${hostname()} ${process.pid}`, onTurn, onDatabase } = options
  const { tailSlots = 64, backlogSlots = 4, groupMs = 50, planEveryMs = 15_000 } = options
  const { sliceMs = 10_000, slicePages = 8, graceMs = 10_000, requestsPerMinute = 1_200 } = options
  const { random, sleep } = systemClock
  const commits = groupCommits({ write: writeGroup({ database, boss, random }), groupMs })
  const run = turnRunner({
    ...{ open, name, database, commits, http, graceMs, onTurn, onDatabase, over: over.signal },
    budgetOf: sharedBudgets({ connection: database, perMinute: requestsPerMinute }),
    cut: { sliceMs, pages: slicePages },
    onFact: onceEachSight(options.onFact),
  })
  const failing = {
    tail: failingTurns(Math.ceil(tailSlots / 2)),
    backlog: failingTurns(Math.ceil(backlogSlots / 2)),
  }
  const slotsOf = (queue: TurnQueue, count: number): Slots =>
    openSlots({
      ...{ queue, count, boss, database, sleep, run: run(failing[queue]) },
      patiently: (work) => patiently(work, stop, onDatabase),
    })
  const tail = slotsOf('tail', tailSlots)
  const backlog = slotsOf('backlog', backlogSlots)
  const row = workerRow(database, { name, slots: tailSlots + backlogSlots })
  const beats = repeatedly(heartbeatMs, over.signal, onDatabase, async () => {
    await beat(boss, { tail: tail.turns, backlog: backlog.turns })
    await row.beat()
    await endChangedTurns(database, [...failing.tail.turns, ...failing.backlog.turns])
  })
  return [
    Promise.all([tail.work(stop), backlog.work(stop)]).then(() => over.abort()),
    // The row is only for people. If it cannot be removed, it shows a silent worker, which is true.
    beats.then(() => row.remove().catch(() => {})),
    repeatedly(planEveryMs, stop, onDatabase, () => planMissingTurns({ database, boss, random })),
  ]
}

/** Resolves once `until` is aborted. */
async function repeatedly(
  everyMs: number,
  until: AbortSignal,
  onDatabase: OnFact | undefined,
  work: () => Promise<void>,
): Promise<void> {
  try {
    for (;;) {
      await patiently(work, until, onDatabase)
      await systemClock.sleep(everyMs, until)
    }
  } catch (error) {
    if (!until.aborted) throw error
  }
}

/** Tries until the database answers. Rejects once `until` is aborted. */
function patiently<T>(
  work: () => Promise<T>,
  until: AbortSignal,
  onDatabase: OnFact | undefined,
): Promise<T> {
  return retry(() => guarded(work), { part: 'state', signal: until, onFact: onDatabase })
}

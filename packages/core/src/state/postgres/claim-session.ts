import type { Clock } from '../../clock.ts'
import { fault } from '../../fault.ts'
import { type LentClient, type PostgresPool, rowsOf } from './connection/postgres-client.ts'
import { requireOwnSession } from './connection/require-own-session.ts'
import { lockClass } from './tables/postgres-schema.ts'

/**
 * The locks of the pipelines that a process has claimed, on one connection that does nothing else. They say who is alive: the server releases
 * them when the connection ends. They do not protect the rows; the token of a claim does that.
 */
export interface ClaimSession {
  /** False if another session has the lock. */
  take(pipelineId: number): Promise<boolean>
  release(pipelineId: number): Promise<void>
  /** Gives back all locks. Without an answer of the server, they are free once it notices the end of the connection. */
  close(): Promise<void>
}

/** How often the session says that it is alive. */
const beatMs = 3_000
/** If a beat has no answer after this time, the session is over. */
const answerMs = 5_000
/** `close` waits at most this long for the server. */
const closingMs = 2_000

/**
 * The server ends a session after 12 seconds without a sign of life. TCP shows it that a host or a connection is dead; missing beats show it
 * that a process stands still.
 */
const settings = [
  ['idle_session_timeout', '12s'],
  ['tcp_keepalives_idle', '5'],
  ['tcp_keepalives_interval', '3'],
  ['tcp_keepalives_count', '2'],
  ['tcp_user_timeout', '11000'],
]

/** Opens its connection with the first lock. */
export function claimSession(pool: PostgresPool, clock: Clock): ClaimSession {
  const wanted = new Set<number>()
  const taken = new Set<number>()
  const closed = new AbortController()
  let session: LentClient | undefined
  /** One query at a time. */
  let turn: Promise<unknown> = Promise.resolve()
  let isBeating = false

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work)
    turn = mine.catch(() => {})
    return mine
  }

  function end(client: LentClient): void {
    if (session !== client) return
    session = undefined
    taken.clear()
    client.release(true)
  }

  async function opened(): Promise<LentClient> {
    if (session) return session
    const client = await pool.connect()
    // The next query finds the connection gone.
    client.on('error', () => end(client))
    session = client
    try {
      await requireOwnSession(client, pool)
      await client.query(settings.map(([name, value]) => `set ${name} = '${value}'`).join('; '))
      return client
    } catch (error) {
      end(client)
      throw error
    }
  }

  async function ask<T>(text: string, values: readonly unknown[] = []): Promise<T | undefined> {
    const client = await opened()
    const answered = new AbortController()
    const late = clock.sleep(answerMs, answered.signal).then(() => {
      throw noAnswer()
    })
    try {
      const [row] = await Promise.race([rowsOf<T>(client, text, values), late])
      return row
    } catch (error) {
      end(client)
      throw error
    } finally {
      answered.abort()
      late.catch(() => {}) // It ends with the race.
    }
  }

  async function lock(pipelineId: number): Promise<boolean> {
    const row = await ask<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [
      lockClass,
      pipelineId,
    ])
    if (!row?.taken) return false
    // The connection ended in the moment in which its answer came, and the lock with it.
    if (!session) throw noAnswer()
    taken.add(pipelineId)
    return true
  }

  /** Says that we are alive, and takes again the locks that a lost connection released. */
  async function beat(): Promise<void> {
    if (wanted.size === 0) return
    await ask('select')
    for (const pipelineId of wanted) if (!taken.has(pipelineId)) await lock(pipelineId)
  }

  async function keepBeating(): Promise<void> {
    if (isBeating) return
    isBeating = true
    while (wanted.size > 0 && !closed.signal.aborted) {
      await clock.sleep(beatMs, closed.signal).catch(() => {}) // Closed.
      // Without the database nothing can be saved either, and the commits report that.
      if (!closed.signal.aborted) await inTurn(beat).catch(() => {})
    }
    isBeating = false
    // In turn: somebody may be asking for a lock by now. `close` ends the session itself, because it gives the locks back first.
    await inTurn(async () => {
      if (session && wanted.size === 0 && !closed.signal.aborted) end(session)
    })
  }

  return {
    take: (pipelineId) =>
      inTurn(async () => {
        // A standby asks again soon, over the same connection. If nobody asks, the server ends the connection.
        if (!(await lock(pipelineId))) return false
        wanted.add(pipelineId)
        void keepBeating()
        return true
      }),
    release: (pipelineId) =>
      inTurn(async () => {
        wanted.delete(pipelineId)
        if (!taken.delete(pipelineId) || !session) return
        // The end of the connection would release the lock too, but only some time later. After an error here, that has to do.
        await ask('select pg_advisory_unlock($1, $2)', [lockClass, pipelineId]).catch(() => {})
        if (session && wanted.size === 0) end(session)
      }),
    async close() {
      closed.abort()
      wanted.clear()
      const over = new AbortController()
      const unlocked = inTurn(async () => {
        if (session && taken.size > 0) await ask('select pg_advisory_unlock_all()')
      })
      // Even if this fails or takes too long, the connection ends next, and with it the locks.
      await Promise.race([unlocked, clock.sleep(closingMs, over.signal)]).catch(() => {})
      over.abort()
      if (session) end(session)
    },
  }
}

function noAnswer(): Error {
  return fault({
    fault: 'temporary',
    code: 'state_unreachable',
    message: 'The database of the state does not answer. It is tried again; nothing is lost.',
  })
}

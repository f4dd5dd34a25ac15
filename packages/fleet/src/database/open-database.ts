import { fault } from '@asana-audit/core'
import type { Pool, PoolClient } from 'pg'

/** What we use of a connection; pg-boss uses the same. */
export interface Connection {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

/** A pool of connections, each use with a deadline: a line on which nothing arrives any more must not hold a worker for ever. */
export interface Database extends Connection {
  /** Does all of `work` or nothing. If it rejects because the line broke, nobody knows which. */
  transaction<T>(work: (client: PoolClient, connection: Connection) => Promise<T>): Promise<T>
  /** Lends a connection for some queries. */
  lend<T>(work: (client: PoolClient) => Promise<T>): Promise<T>
}

/**
 * The server ends a transaction that stands still, and one that waits for a lock: a worker that was stopped in the middle of a commit must not
 * keep others from its turns.
 */
const begin = "begin; set local idle_in_transaction_session_timeout = '8s'; set local lock_timeout = '8s'"

/** A connection that has not answered within `deadlineMs` is closed, and its use rejects. */
export function openDatabase(pool: Pool, deadlineMs: number): Database {
  async function lend<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const deadline = Date.now() + deadlineMs
    const client = await connected(pool, deadlineMs)
    // Without a listener, a line that breaks between two queries would end the process. The next query rejects.
    const ignore = (): void => {}
    client.on('error', ignore)
    let isUsable = false
    try {
      const result = await within(work(client), deadline - Date.now())
      isUsable = true
      return result
    } finally {
      // Keep the listener on a connection that is closed: it may still get an error until it has ended.
      if (isUsable) client.off('error', ignore)
      // After an error the connection may be in the middle of a transaction. Closing it rolls that back.
      client.release(!isUsable)
    }
  }

  return {
    lend,
    executeSql: (text, values) => lend((client) => client.query(text, values)),
    transaction: (work) =>
      lend(async (client) => {
        await client.query(begin)
        const result = await work(client, connectionOf(client))
        await client.query('commit')
        return result
      }),
  }
}

function connectionOf(client: PoolClient): Connection {
  return { executeSql: (text, values) => client.query(text, values) }
}

async function connected(pool: Pool, deadlineMs: number): Promise<PoolClient> {
  const connecting = pool.connect()
  try {
    return await within(connecting, deadlineMs)
  } catch (error) {
    // A connection that comes too late is given back.
    connecting.then(
      (client) => client.release(),
      () => {},
    )
    throw error
  }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `PostgreSQL has not answered within ${Math.round(ms / 1_000)} s. It is tried again; nothing is lost.`
      reject(fault({ fault: 'temporary', code: 'state_unreachable', message }))
    }, ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

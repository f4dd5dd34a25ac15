/** What we use of a client of `pg`. Its own types fit; they are not named here, so that they need not be installed. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}

/** A client that a pool has lent. */
export interface LentClient extends PostgresClient {
  /** Gives it back. With true its connection is closed instead of used again. */
  release(destroy?: boolean): void
  on(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
}

/** A `Pool` of `pg`. */
export interface PostgresPool {
  connect(): Promise<LentClient>
}

/** The rows of a query. `T` names its columns. */
export async function rowsOf<T>(
  client: PostgresClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly T[]> {
  return (await client.query(text, [...values])).rows as readonly T[]
}

/** Lends a client for some work. After an error its connection is not used again, as it may be in the middle of something. */
export async function withClient<T>(
  pool: PostgresPool,
  work: (client: PostgresClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  // Without a listener, a connection that ends between two queries would end the process. The next query rejects.
  const ignore = (): void => {}
  client.on('error', ignore)
  let hasFailed = true
  try {
    const result = await work(client)
    hasFailed = false
    return result
  } finally {
    // Keep the listener on a connection that is closed: it may still get an error until it has ended.
    if (!hasFailed) client.off('error', ignore)
    client.release(hasFailed)
  }
}

/**
 * How long a transaction may stand still or wait for a lock. A process that was stopped in the middle of one would otherwise hold its rows, and
 * nobody could take over.
 */
const patience = "set local idle_in_transaction_session_timeout = '8s'; set local lock_timeout = '8s'"

/** Does all of `work` or nothing. */
export async function inTransaction<T>(
  pool: PostgresPool,
  work: (client: PostgresClient) => Promise<T>,
  mode = '',
): Promise<T> {
  return withClient(pool, async (client) => {
    await client.query(`begin ${mode}; ${patience}`)
    // After an error the connection is closed, which rolls back.
    const result = await work(client)
    await client.query('commit')
    return result
  })
}

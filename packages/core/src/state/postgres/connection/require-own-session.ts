import { fault } from '../../../fault.ts'
import { type LentClient, type PostgresClient, type PostgresPool, rowsOf } from './postgres-client.ts'

/**
 * Makes sure that a connection has a session of the server for itself. A pooler in transaction mode, such as a PgBouncer, gives each transaction
 * any session, and a lock would belong to nobody. Rejects with a fatal `transaction_pooling`.
 */
export async function requireOwnSession(client: LentClient, pool: PostgresPool): Promise<void> {
  const first = await backendOf(client)
  // Without a pooler the server itself has told the number when the connection began.
  if ((client as LentClient & { readonly processID?: number | null }).processID === first) return
  const other = await pool.connect()
  // Without a listener, a connection that ends between two queries would end the process. The next query rejects.
  other.on('error', () => {})
  try {
    // A pooler that shares sessions gives the one that is free now, and must then give us another.
    await other.query('begin')
    const shared = (await backendOf(other)) === first
    const moved = !shared && (await backendOf(client)) !== first
    await other.query('rollback')
    if (shared || moved) throw pooled()
  } finally {
    other.release(true)
  }
}

async function backendOf(client: PostgresClient): Promise<number | undefined> {
  const [row] = await rowsOf<{ pid: number }>(client, 'select pg_backend_pid() as pid')
  return row?.pid
}

function pooled(): Error {
  const message =
    'Before the database is a pooler in transaction mode, such as a PgBouncer, where a lock does not hold. Give the address of the database itself, or of a pool in session mode.'
  return fault({ fault: 'fatal', final: true, code: 'transaction_pooling', message })
}

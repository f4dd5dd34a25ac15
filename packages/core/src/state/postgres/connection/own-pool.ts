import { Socket } from 'node:net'
import { setTimeout as timeout } from 'node:timers/promises'
import { fault } from '../../../fault.ts'
import { codeOf } from '../../../files/path-step.ts'
import { type PostgresAddress, type TlsSettings, tlsAttempts } from './postgres-address.ts'
import type { LentClient, PostgresPool } from './postgres-client.ts'

/** A password, or a function that gets it for each new connection, so that one that changed is used without a restart. */
export type PostgresPassword = string | (() => string | Promise<string>)

/** Connections of our own to one database. */
export interface OwnPool extends PostgresPool {
  /** The same as a `Pool` of `pg`, whose types need not be installed. */
  readonly pool: unknown
  /** Closes all connections, also those that say nothing any more. */
  close(): Promise<void>
}

/** Enough for each lane that commits, and for what watches the pipeline. */
const mostConnections = 4
/** If a query has no answer after this time, its connection is lost. */
const queryTimeoutMs = 60_000
/** How long connections may take to end in good order. */
const closingMs = 2_000

/** Connects once, to find out how TLS is to be used, and rejects if that does not work. `most`: connections at once. */
export async function ownPool(
  address: PostgresAddress,
  password: PostgresPassword | undefined = address.password,
  most: number = mostConnections,
): Promise<OwnPool> {
  const { Pool } = await driver()
  const sockets = new Set<Socket>()
  const stream = (): Socket => {
    const socket = new Socket()
    sockets.add(socket)
    return socket.once('close', () => sockets.delete(socket))
  }
  const open = (ssl: false | TlsSettings) => {
    const pool = new Pool({
      ...{ host: address.host, port: address.port, user: address.user, database: address.database },
      ...{ password, ssl, stream, max: most, query_timeout: queryTimeoutMs },
      application_name: address.applicationName,
      connectionTimeoutMillis: address.connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
    })
    // An error here means that an unused connection has ended, for example because the server restarts. The pool makes a new one when needed.
    pool.on('error', () => {})
    return pool
  }
  const attempts = tlsAttempts(address)
  for (const [index, ssl] of attempts.entries()) {
    const pool = open(ssl)
    try {
      const client = await pool.connect()
      client.release()
      return {
        pool,
        connect: () => pool.connect() as Promise<LentClient>,
        async close() {
          await endWithin(closingMs, pool.end())
          for (const socket of sockets) socket.destroy()
        },
      }
    } catch (error) {
      // If the password is missing, the server would wait for it for a minute, and this process for the end of the connection.
      for (const socket of sockets) socket.destroy()
      await pool.end()
      if (index === attempts.length - 1 || !isAboutTls(error)) throw error
    }
  }
  throw new Error('There is no way to connect.')
}

async function endWithin(ms: number, ended: Promise<void>): Promise<void> {
  const over = new AbortController()
  const late = timeout(ms, undefined, { signal: over.signal }).catch(() => {}) // The end came first.
  await Promise.race([ended, late])
  over.abort()
}

/** The server has no TLS, or its pg_hba.conf asks for the other kind of connection. */
function isAboutTls(error: unknown): boolean {
  return codeOf(error) === '28000' || (error as Error).message.includes('does not support SSL')
}

/** The package `pg`, which only those install who use it. */
async function driver(): Promise<typeof import('pg')> {
  try {
    return await import('pg')
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND' && codeOf(error) !== 'MODULE_NOT_FOUND') throw error
    const message =
      'A state in PostgreSQL needs the package pg, which is not installed. Install it beside this one: npm install pg, or npm install --global pg if this one is global.'
    throw fault({ fault: 'fatal', final: true, code: 'pg_missing', message, cause: error })
  }
}

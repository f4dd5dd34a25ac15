import { type OwnPool, ownPool, postgresAddress } from '@asana-audit/core/postgres-state'
import type { Pool } from 'pg'
import { statePassword } from '../config/state-password.ts'

/** Turns of a worker share these: a connection is lent for milliseconds. */
const mostConnections = 10

export interface OpenPool extends Pick<OwnPool, 'close'> {
  readonly pool: Pool
}

/** Connects to the database of a fleet. Rejects with the error of PostgreSQL. */
export async function openPool(url: string): Promise<OpenPool> {
  const address = postgresAddress(url)
  const own = await ownPool(address, () => statePassword(url, process.env), mostConnections)
  return { pool: own.pool as Pool, close: own.close }
}

import { type Fault, fault, isFault } from '@asana-audit/core'
import { postgresFault } from '@asana-audit/core/postgres-state'

/** What an error of the database means, with the next step. Temporary whatever it is: a worker waits for its database as long as it takes. */
export function databaseFault(error: unknown): Fault {
  if (isFault(error)) return error
  const { code, message } = postgresFault('in PostgreSQL', error)
  return fault({ fault: 'temporary', code, message, cause: error })
}

/** Runs `work` on the database. Its error becomes a `databaseFault`. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw databaseFault(error)
  }
}

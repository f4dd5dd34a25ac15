import type { Fact } from '@asana-audit/core'
import { databaseFault } from '../database/database-fault.ts'

/** What pg-boss could not do beside the turns. It tries again by itself. An error of the database or its connection has a code, and so a sentence. */
export function bossTrouble(error: Error): Fact {
  const { code, message } =
    'code' in error ? databaseFault(error) : { code: 'pg_boss', message: `pg-boss says: ${error.message}` }
  return { type: 'retrying', part: 'state', code, message, failures: 1, waitMs: 5_000 }
}

import { type Fault, fault } from '@asana-audit/core'
import { PgBoss } from 'pg-boss'
import type { Connection } from '../database/open-database.ts'
import { bossSchema } from './turn-queues.ts'

/** How often one worker looks, for all of them, for turns whose worker is silent, in seconds. */
const superviseSeconds = 5

/**
 * pg-boss on connections of ours. It changes no table (that is done by `migrateFleet`), and it brings back the turns of workers that are
 * silent. Nothing of it runs before `start`. `onError` hears what went wrong in its own work beside the turns; it tries again by itself.
 */
export function openBoss(db: Connection, onError: (error: Error) => void): PgBoss {
  const boss = new PgBoss({
    schema: bossSchema,
    db,
    ...{ migrate: false, schedule: false, registerInstance: false },
    ...{
      supervise: true,
      superviseIntervalSeconds: superviseSeconds,
      monitorIntervalSeconds: superviseSeconds,
    },
  })
  boss.on('error', onError)
  return boss
}

/** Begins its work. Rejects with a fatal `not_migrated` if its tables are missing or of another version. */
export async function startBoss(boss: PgBoss): Promise<void> {
  try {
    await boss.start()
  } catch (error) {
    if (isOfOtherVersion(error)) throw otherVersion(error)
    throw error
  }
}

/** pg-boss has no codes for these errors, so their text must do. */
function isOfOtherVersion(error: unknown): boolean {
  const { message } = Object(error) as { readonly message?: unknown }
  return message === 'pg-boss database requires migrations' || message === 'pg-boss is not installed'
}

function otherVersion(cause: unknown): Fault {
  const message =
    'The tables of pg-boss in the database are not of the version that this worker has. If the worker is the newer one, run this once, with a user who may create tables: ' +
    'asana-audit fleet migrate. If a later version has migrated the database, use that version.'
  return fault({ fault: 'fatal', code: 'not_migrated', message, cause })
}

import { PgBoss } from 'pg-boss'
import type { Connection } from '../database/open-database.ts'
import { bossSchema } from './turn-queues.ts'

/** How often the workers, one for all, look for turns whose worker is silent, in seconds. */
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

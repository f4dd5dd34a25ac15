import { setTimeout as wait } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import { PgBoss } from 'pg-boss'
import { createTurnQueues } from '../turns/create-turn-queues.ts'
import { bossSchema } from '../turns/turn-queues.ts'

/** How often to look whether all indexes are built, in milliseconds. */
const lookMs = 100

/**
 * Creates or migrates the tables of pg-boss, under a lock of its own, builds the indexes that a migration leaves for later, and makes the
 * queues of turns that are missing. Rejects if an index could not be built; the next call tries again.
 */
export async function migrateBoss(client: ClientBase): Promise<void> {
  const boss = new PgBoss({
    schema: bossSchema,
    db: { executeSql: (text: string, values?: unknown[]) => client.query(text, values) },
    ...{ migrate: true, supervise: false, schedule: false, registerInstance: false },
    // The least that pg-boss allows. This time has to pass between two migrations.
    bamIntervalSeconds: 10,
  })
  let failed: Error | undefined
  boss.on('error', (error: Error) => {
    failed = error
  })
  await boss.start()
  try {
    await createTurnQueues(boss)
    // pg-boss builds the indexes one after another while others work. Workers do not build any: they change no table.
    while (await isBuilding(boss)) {
      if (failed) throw failed
      await wait(lookMs)
    }
  } finally {
    await boss.stop({ graceful: false })
  }
}

async function isBuilding(boss: PgBoss): Promise<boolean> {
  const all = await boss.getBamStatus()
  return all.some(({ status }) => status !== 'completed')
}

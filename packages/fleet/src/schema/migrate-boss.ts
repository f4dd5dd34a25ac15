import type { ClientBase } from 'pg'
import { PgBoss } from 'pg-boss'
import { createTurnQueues } from '../turns/create-turn-queues.ts'
import { bossSchema } from '../turns/turn-queues.ts'

/** Creates or migrates the tables of pg-boss, under a lock of its own, and makes the queues of turns that are missing. */
export async function migrateBoss(client: ClientBase): Promise<void> {
  const boss = new PgBoss({
    schema: bossSchema,
    db: { executeSql: (text: string, values?: unknown[]) => client.query(text, values) },
    ...{ migrate: true, supervise: false, schedule: false, registerInstance: false },
  })
  // Without a listener an error event would end the process; what fails here rejects as well.
  boss.on('error', () => {})
  await boss.start()
  try {
    await createTurnQueues(boss)
  } finally {
    await boss.stop({ graceful: false })
  }
}

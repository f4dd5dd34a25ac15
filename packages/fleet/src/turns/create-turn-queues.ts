import type { PgBoss } from 'pg-boss'
import { turnQueues } from './turn-queues.ts'

/** A worker that is silent for this long has lost its turns. pg-boss allows no less. */
const heartbeatSeconds = 10

/** Options of both queues. `exclusive` with the tenant as key: pg-boss holds one turn of a tenant at most, planned or under way. */
const options = {
  policy: 'exclusive',
  heartbeatSeconds,
  // Crashes must not end a tenant: its turn comes back as often as it is lost.
  retryLimit: 1_000_000,
  retryDelay: 0,
  // Heartbeats judge a turn, not its length: one that waits for a destination may take long.
  expireInSeconds: 6 * 3_600,
} as const

/** Makes the queues that are missing. Several may do it at once. */
export async function createTurnQueues(boss: PgBoss): Promise<void> {
  for (const name of turnQueues) await boss.createQueue(name, options)
}

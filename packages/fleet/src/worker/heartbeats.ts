import type { PgBoss } from 'pg-boss'
import { settledJobs } from '../turns/settled-jobs.ts'
import { type TurnQueue, turnQueues } from '../turns/turn-queues.ts'
import { lose, type Turn } from './turn.ts'

/** A third of what pg-boss allows to pass, so that two may be late. */
export const heartbeatMs = 3_000

/** Tells pg-boss that these turns are under way. If another attempt has a turn by now, the turn ends here. */
export async function beat(
  boss: PgBoss,
  turns: Readonly<Record<TurnQueue, ReadonlySet<Turn>>>,
): Promise<void> {
  for (const queue of turnQueues) {
    const underWay = [...turns[queue]]
    if (underWay.length === 0) continue
    const attempts = underWay.map(({ attempt }) => ({ ...attempt }))
    const ours = settledJobs(await boss.touch(queue, attempts))
    for (const turn of underWay) {
      // A turn that ended meanwhile is not lost: its job was deleted with its end.
      if (!ours.has(turn.attempt.id) && turns[queue].has(turn) && !turn.isSettling) lose(turn, 'attempt')
    }
  }
}

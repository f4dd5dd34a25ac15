import type { OnFact } from '@asana-audit/core'
import { retry } from '@asana-audit/core/sink-kit'
import type { FailingTurns } from './failing-turns.ts'
import type { FleetWorkerOptions } from './fleet-worker-options.ts'
import { type Ran, type RunTurnOptions, runTurn } from './run-turn.ts'
import { laneOf, type Turn } from './turn.ts'

export interface TurnRunnerOptions<R>
  extends Omit<RunTurnOptions<R>, 'failing'>,
    Pick<FleetWorkerOptions<R>, 'onTurn'> {
  readonly onDatabase: OnFact | undefined
  /** Aborted when the worker waits no longer for the database. */
  readonly over: AbortSignal
}

/** Runs turns and settles them. Those of one queue share `failing`. */
export function turnRunner<R>(
  options: TurnRunnerOptions<R>,
): (failing: FailingTurns) => (turn: Turn) => Promise<void> {
  const { commits, onTurn, onDatabase, over } = options

  /** Replaces the job of a turn by the next one. If that fails until the end of the worker, the job comes back once its heartbeats are missed. */
  async function settle(turn: Turn, { end, rest }: Ran): Promise<void> {
    if (end.outcome === 'superseded' && end.why === 'attempt') return
    turn.isSettling = true
    const save = () => commits.save({ turn, lanes: rest, end })
    try {
      await retry(save, { part: 'state', signal: over, onFact: onDatabase })
    } catch (error) {
      if (!over.aborted) throw error
    }
  }

  return (failing) => async (turn) => {
    const ran = await runTurn({ ...options, failing }, turn)
    await settle(turn, ran)
    onTurn?.(ran.end, turn.tenant, laneOf(turn), Date.now() - turn.begunAt)
  }
}

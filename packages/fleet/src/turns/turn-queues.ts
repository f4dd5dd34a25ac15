/** The schema of pg-boss's own tables. */
export const bossSchema = 'asana_audit_boss'

/**
 * A job of these queues is one turn of one tenant: some seconds of one lane. `tail` has the turns for new events, `backlog` those for what
 * was there before. Each has slots of its own in every worker, so that no backlog delays new events.
 */
export type TurnQueue = 'tail' | 'backlog'

export const turnQueues: readonly TurnQueue[] = ['tail', 'backlog']

/** What is in a job. */
export interface TurnData {
  readonly pipelineId: number
  /** The turn before it read everything there was. */
  readonly caughtUp?: true
  /** RFC 3339, by the clock of the database: when the last turn began that read everything there was. Undefined if none is known. */
  readonly readAt?: string | undefined
}

/** A turn as pg-boss takes it. */
export interface PlannedTurn {
  readonly data: TurnData
  readonly singletonKey: string
  /** Seconds. */
  readonly startAfter: number
}

/** `startAfterMs`: how long it waits, in milliseconds. */
export function plannedTurn(
  pipelineId: number,
  startAfterMs: number,
  read: Pick<TurnData, 'caughtUp' | 'readAt'> = {},
): PlannedTurn {
  return {
    data: { pipelineId, ...read },
    singletonKey: String(pipelineId),
    startAfter: startAfterMs / 1_000,
  }
}

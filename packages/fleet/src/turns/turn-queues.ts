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
}

/** A turn as pg-boss takes it. `startAfterMs`: how long it waits, in milliseconds. */
export function plannedTurn(
  pipelineId: number,
  startAfterMs: number,
): { data: TurnData; singletonKey: string; startAfter: number } {
  return { data: { pipelineId }, singletonKey: String(pipelineId), startAfter: startAfterMs / 1_000 }
}

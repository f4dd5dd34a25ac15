import type { Claim, Identified, Lane, Source, State } from '../contract.ts'
import { openStart } from '../state/hour-spans.ts'
import { startOf } from './check-batch.ts'

/** A pipeline of a state: claimed when delivery starts, released when it ends. */
export interface InState {
  /** Names the destination, such as `otlp`: cursors, ids and quarantine are found under it in the next run. */
  readonly pipeline: string
  /** Where the position is saved: `sqliteState(…)` or `memoryState()`. */
  readonly state: State
}

/** Runs `work` as the one runner of a pipeline. Rejects with a fatal `already_running` where there is another. */
export async function withClaim<T>(
  { pipeline, state }: InState,
  work: (claim: Claim) => Promise<T>,
): Promise<T> {
  const claim = await state.claim(pipeline)
  try {
    return await work(claim)
  } finally {
    await claim.release()
  }
}

/** The lane `live`. At its first start the ledger is opened where the source begins, so that `verify` knows what was asked for. */
export async function startedLane<E extends Identified>(claim: Claim, source: Source<E>): Promise<Lane> {
  const lane = await claim.lane('live', source.fingerprint ?? '')
  if ((await lane.load()) === undefined) await claim.start(startOf(source) ?? openStart)
  return lane
}

import { type Clock, systemClock } from '../clock.ts'
import type { Claim, Identified, Lane, Source, State } from '../contract.ts'
import type { OnFact } from '../fact.ts'
import { retry } from '../retry.ts'
import { openStart } from '../state/hour-spans.ts'
import { startOf } from './check-batch.ts'

/** A pipeline of a state: claimed when delivery starts, released when it ends. */
export interface InState {
  /** Names the destination, such as `otlp`: cursors, ids and quarantine are found under it in the next run. */
  readonly pipeline: string
  /** Where the position is saved: `sqliteState(…)` or `memoryState()`. */
  readonly state: State
}

/** Runs `work` as the one runner of a pipeline. Rejects with a fatal `already_running` if there is another. */
export async function withClaim<T>(
  { pipeline, state }: InState,
  work: (claim: Claim) => Promise<T>,
): Promise<T> {
  const claim = await state.claim(pipeline)
  let result: T
  try {
    result = await work(claim)
  } catch (error) {
    // Report the first error: a person has to fix that one.
    await claim.release().catch(() => {})
    throw error
  }
  await claim.release()
  return result
}

/**
 * Opens the lane `live`; undefined after a stop. The first start also opens the ledger where the source begins, so that `verify` knows
 * what was asked for. Waits while the state is busy.
 */
export async function startedLane<E extends Identified>(
  claim: Claim,
  { source, signal, onFact, clock = systemClock }: StartOptions<E>,
): Promise<Lane | undefined> {
  const waiting = { part: 'state', signal, onFact, clock } as const
  const start = startOf(source) ?? openStart
  try {
    const lane = await retry(() => claim.lane('live', source.fingerprint ?? ''), waiting)
    const cursor = await retry(() => lane.load(), waiting)
    if (cursor === undefined) await retry(() => claim.start(start), waiting)
    return lane
  } catch (error) {
    if (signal?.aborted) return undefined
    throw error
  }
}

/** The options of `deliver` that the start needs. */
interface StartOptions<E extends Identified> {
  readonly source: Source<E>
  readonly signal?: AbortSignal | undefined
  readonly onFact?: OnFact | undefined
  readonly clock?: Clock | undefined
}

import { setImmediate } from 'node:timers/promises'
import type { State } from '@asana-audit/core'
import { hourMs, hourOf } from '@asana-audit/core/ledger'

const hoursShown = 168

/** Events of a pipeline by the UTC hour they happened in, quarantined ones included. */
export interface RecentHours {
  /** Start of the first hour, in milliseconds since 1970. */
  readonly from: number
  /** The last one is the current hour. */
  readonly counts: readonly number[]
}

const keptMs = 60_000
/** Pipelines between which the others get their turn. */
const atOnce = 10

/** Reads the last seven days of some pipelines from the ledger in the state. What was read is kept for a minute. */
export function recentHours(
  state: Pick<State, 'ledger'>,
  now: () => number,
): (pipelines: readonly string[]) => Promise<ReadonlyMap<string, RecentHours>> {
  const kept = new Map<string, RecentHours & { readonly at: number }>()
  return async (pipelines) => {
    for (const [pipeline, { at }] of kept) if (now() - at >= keptMs) kept.delete(pipeline)
    const missing = pipelines.filter((pipeline) => !kept.has(pipeline))
    for (const [index, pipeline] of missing.entries()) {
      if (index % atOnce === atOnce - 1) await setImmediate()
      const until = hourOf(now()) + hourMs
      const from = until - hoursShown * hourMs
      const counts = Array.from({ length: hoursShown }, () => 0)
      for (const { hour, count } of await state.ledger(pipeline, from, until))
        counts[(hour - from) / hourMs] = (counts[(hour - from) / hourMs] as number) + count
      kept.set(pipeline, { at: now(), from, counts })
    }
    return kept
  }
}

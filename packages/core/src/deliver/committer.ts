import { retentionMs } from '../asana/retention.ts'
import type { Clock } from '../clock.ts'
import type { Commit, Lane } from '../contract.ts'
import type { OnFact } from '../fact.ts'
import { type RetryPolicy, retry } from '../retry.ts'
import type { Delivered } from './delivery-options.ts'
import { quarantineFacts } from './quarantine-facts.ts'

interface CommitterOptions {
  readonly lane: Lane
  readonly policy: RetryPolicy
  readonly hardStop: AbortSignal
  readonly clock: Clock
  readonly onFact: OnFact | undefined
}

interface Committer {
  /** Saves what was accepted, reports it, and adds it to `totals`. */
  commit(commit: Commit, repeats: number): Promise<void>
  /** Of all commits so far. */
  readonly totals: Delivered
}

export function committer({ lane, policy, hardStop, clock, onFact }: CommitterOptions): Committer {
  const totals = { delivered: 0, quarantined: 0, repeats: 0 }
  let newest: number | undefined
  return {
    totals,
    async commit(commit, repeats) {
      const { delivered, quarantined } = commit
      // Accepted events are committed also after a stop and after the end of its grace.
      await retry(() => lane.commit(commit), {
        ...policy,
        signal: hardStop,
        attemptEvenIfAborted: true,
      })
      for (const fact of quarantineFacts(quarantined)) onFact?.(fact)
      totals.delivered += delivered.length
      totals.quarantined += quarantined.length
      totals.repeats += repeats
      const last = delivered.at(-1)
      // A late event is delivered now but is not the newest.
      if (last) newest = Math.max(last.at, newest ?? last.at)
      const newestAt = newest === undefined ? undefined : new Date(newest).toISOString()
      const ageMs = newest === undefined ? undefined : clock.now() - newest
      const deletedInMs = ageMs === undefined ? undefined : retentionMs - ageMs
      onFact?.({ type: 'committed', events: delivered.length, newestAt, ageMs, deletedInMs })
    },
  }
}

import { retentionMs } from '../asana/retention.ts'
import { unreadAfter } from '../backlog/unread-after.ts'
import type { Clock } from '../clock.ts'
import type { Commit, Lane } from '../contract.ts'
import { isAfter } from '../event-time.ts'
import type { OnFact, Quarantined, TooOld } from '../fact.ts'
import { isFault } from '../fault.ts'
import type { QuarantineEntry } from '../quarantine-entry.ts'
import { type RetryPolicy, retry } from '../retry.ts'
import type { Delivered } from './delivery-options.ts'
import type { UnsavedEvents } from './unsaved-events.ts'
import type { Settled } from './write-queue.ts'

interface CommitterOptions {
  /** See `Source`. */
  readonly contentForm: string
  readonly lane: Lane
  readonly policy: RetryPolicy
  readonly hardStop: AbortSignal
  /** Aborted with the fault once nothing of this run can be saved any more, for example because another process moves the lane now. */
  readonly lost: AbortController
  readonly unsaved: UnsavedEvents
  readonly clock: Clock
  readonly onFact: OnFact | undefined
}

interface Committer {
  /** Saves what was accepted, reports it, and adds it to `totals`. */
  commit(commit: Commit, settled: Settled): Promise<void>
  /** The sums over all commits so far. */
  readonly totals: Delivered
}

export function committer(options: CommitterOptions): Committer {
  const { contentForm, lane, policy, hardStop, lost, unsaved, clock, onFact } = options
  const totals = { delivered: 0, quarantined: 0, repeats: 0 }
  let newest: number | undefined

  async function save(commit: Commit): Promise<void> {
    try {
      await lane.commit(commit)
    } catch (error) {
      if (isFault(error) && error.fault === 'fatal' && error.final) lost.abort(error)
      throw error
    }
  }

  return {
    totals,
    async commit(commit, { repeats, events }) {
      const { delivered, quarantined } = commit
      const startedAt = clock.now()
      // All attempts pass the same object. By it a lane recognizes a commit that it has already made, if the answer was lost.
      const whole = { ...commit, contentForm }
      // Accepted events are committed also after a stop and after the end of its grace.
      await retry(() => save(whole), {
        ...policy,
        signal: hardStop,
        attemptEvenIfAborted: true,
      })
      const savedAt = clock.now()
      for (const fact of quarantineFacts(quarantined)) onFact?.(fact)
      totals.delivered += delivered.length
      totals.quarantined += quarantined.length
      totals.repeats += repeats
      const last = delivered.at(-1)
      // A late event is delivered now but is not the newest.
      if (last) newest = Math.max(last.at, newest ?? last.at)
      const newestAt = newest === undefined ? undefined : new Date(newest).toISOString()
      const ageMs = newest === undefined ? undefined : savedAt - newest
      const unreadFrom = unreadAfter(commit.cursor, newestAt)
      const deletedInMs =
        unreadFrom === undefined ? undefined : Date.parse(unreadFrom) + retentionMs - savedAt
      const ms = savedAt - startedAt
      const saved = { events: delivered.length, unsaved: unsaved.saved(events) }
      onFact?.({ type: 'committed', ...saved, ms, newestAt, ageMs, unreadFrom, deletedInMs })
    },
  }
}

/** One fact for each event, but only one for all that are too old: a backlog may have hundreds of thousands of them. */
function quarantineFacts(entries: readonly QuarantineEntry[]): (Quarantined | TooOld)[] {
  const facts: (Quarantined | TooOld)[] = []
  let tooOld: TooOld | undefined
  for (const { kind, id, code, reason, event } of entries) {
    if (code === 'too_old') tooOld = joined(tooOld, (event as { created_at: string }).created_at, reason)
    else facts.push({ type: 'quarantined', kind, id, code, reason })
  }
  return tooOld ? [...facts, tooOld] : facts
}

function joined(sum: TooOld | undefined, at: string, reason: string): TooOld {
  if (!sum) return { type: 'too_old', events: 1, oldestAt: at, newestAt: at, reason }
  return {
    ...sum,
    events: sum.events + 1,
    oldestAt: isAfter(sum.oldestAt, at) ? at : sum.oldestAt,
    newestAt: isAfter(at, sum.newestAt) ? at : sum.newestAt,
  }
}

import type { Fact } from '@asana-audit/core'
import { type DelaySpread, type DelaySummary, delaySpread } from '../progress/totals/delay-spread.ts'
import { addFact, coveredShare, newTotals, type ProgressTotals } from '../progress/totals/progress-totals.ts'

type Stop = Extract<Fact, { type: 'paused' | 'retrying' }>
type Part = Stop['part']

/** What stops a lane. Times in milliseconds since 1970. */
export interface Trouble {
  readonly kind: Stop['type']
  readonly part: Part
  readonly code: string
  /** Says the next step, where a person has to take one. */
  readonly message: string
  readonly since: number
  readonly nextAttemptAt: number
}

/** What this process knows of a lane, from its facts. */
export interface LiveLane {
  readonly totals: ProgressTotals
  /** When the last page came. Undefined if none has come yet. */
  readonly lastPageAt: number | undefined
  /** Asana's last answer was empty, and everything before it is delivered, except what the destination lets wait. */
  isCompleteAt(now: number): boolean
  /** The time of the last such answer. */
  readonly completeAt: number | undefined
  /** Whether events are read that the destination has not accepted. */
  readonly hasUndelivered: boolean
  readonly trouble: Trouble | undefined
  /** The delays of new events in a window of 15 minutes. */
  readonly delay: DelaySummary | undefined
  /** Milliseconds until a time range is read, at the pace since this process began. Undefined if it is too soon to say. */
  readonly timeLeftMs: number | undefined
  fact(fact: Fact, now: number): void
}

const delayWindowMs = 900_000

/** `holdMs`: how long the destination lets events wait for others. */
export function liveLane(isLive: boolean, holdMs = 0): LiveLane {
  const totals = newTotals()
  const troubles = new Map<Part, Trouble>()
  const delays = isLive ? recentDelays() : undefined
  let lastPageAt: number | undefined
  let completeAt: number | undefined
  /** When the oldest page was read whose events are not delivered, or when a commit left events of it. */
  let undeliveredSince: number | undefined
  let paceFrom: { readonly share: number; readonly at: number } | undefined
  let coveredAt = 0

  function hit(fact: Stop, now: number): void {
    const { type: kind, part, code, message, waitMs } = fact
    const since = troubles.get(part)?.since ?? now
    troubles.set(part, { kind, part, code, message, since, nextAttemptAt: now + waitMs })
  }

  function isComplete(): boolean {
    return totals.atEnd && undeliveredSince === undefined && troubles.size === 0
  }

  return {
    totals,
    get lastPageAt() {
      return lastPageAt
    },
    isCompleteAt(now) {
      const isHeld = undeliveredSince !== undefined && now - undeliveredSince < holdMs
      return totals.atEnd && troubles.size === 0 && (undeliveredSince === undefined || isHeld)
    },
    get hasUndelivered() {
      return undeliveredSince !== undefined
    },
    get completeAt() {
      return completeAt
    },
    get trouble() {
      const all = [...troubles.values()]
      return all.find(({ kind }) => kind === 'paused') ?? all[0]
    },
    get delay() {
      return delays?.latest()
    },
    get timeLeftMs() {
      const share = totals.covered ? coveredShare(totals.covered) : 1
      const gained = share - (paceFrom?.share ?? share)
      return paceFrom && gained > 0.005 ? ((1 - share) * (coveredAt - paceFrom.at)) / gained : undefined
    },
    fact(fact, now) {
      addFact(totals, fact)
      switch (fact.type) {
        case 'page_read':
          lastPageAt = now
          troubles.delete('source')
          if (fact.events > 0) undeliveredSince ??= now
          break
        case 'committed':
          undeliveredSince = fact.unsaved > 0 ? now : undefined
          troubles.delete('state')
          break
        case 'write_accepted':
          troubles.delete('sink')
          delays?.add(fact.delaysMs, now)
          break
        case 'quarantined':
        case 'too_old':
          troubles.delete('sink')
          break
        case 'covered':
          coveredAt = now
          paceFrom ??= { share: coveredShare(fact), at: now }
          break
        case 'retrying':
        case 'paused':
          hit(fact, now)
          break
        case 'resumed':
          troubles.delete(fact.part)
          break
        default:
          break
      }
      if (isComplete()) completeAt = lastPageAt
    },
  }
}

/** The delays of a window of time and of the one before it. */
function recentDelays(): {
  add(delaysMs: readonly number[], now: number): void
  latest(): DelaySummary | undefined
} {
  const current: DelaySpread = delaySpread()
  let before: DelaySummary | undefined
  let beganAt: number | undefined
  return {
    add(delaysMs, now) {
      beganAt ??= now
      if (now - beganAt >= delayWindowMs) {
        before = current.take()
        beganAt = now
      }
      current.add(delaysMs)
    },
    latest: () => current.sum() ?? before,
  }
}

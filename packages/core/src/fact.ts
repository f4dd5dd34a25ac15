import type { QuarantineKind } from './contract.ts'
import type { LimitingFactor } from './source/limiting-factor.ts'

/** Which part of the loop a fault came from. */
export type Part = 'source' | 'sink' | 'state'

/** One request was answered with a page. `newestAt` (RFC 3339) is the newest `created_at` read so far. */
export interface PageRead {
  readonly type: 'page_read'
  readonly events: number
  readonly malformed: number
  readonly bytes: number
  readonly ms: number
  readonly newestAt: string | undefined
}

/** A time range is read in order: how much of it has had its turn. Times are RFC 3339. */
export interface Covered {
  readonly type: 'covered'
  readonly from: string
  readonly until: string
  readonly upTo: string
  /** What kept it from going faster of late. */
  readonly limitedBy: LimitingFactor
}

/** The source has nothing newer. `since`: RFC 3339 time of the first such answer after the last event. */
export interface Idle {
  readonly type: 'idle'
  readonly since: string
  readonly newestAt: string | undefined
}

/** The stored position was no longer accepted; reading goes on from `restartAt`, repeats are dropped by id. */
export interface Healed {
  readonly type: 'healed'
  readonly reason: string
  /** RFC 3339; undefined: from the oldest event there is. */
  readonly restartAt: string | undefined
}

/** A type, field or value seen for the first time by this process that the catalogue does not know. */
export interface FirstSight {
  readonly type: 'first_sight'
  readonly kind: string
  readonly path: string
  readonly value: string | undefined
  readonly id: string
}

/** Repeats this destination already had, dropped during a deliberate re-read. */
export interface RepeatsDropped {
  readonly type: 'repeats_dropped'
  readonly events: number
}

/** An event that was not there when its time was first read; found by a re-read and delivered. */
export interface Late {
  readonly type: 'late'
  readonly id: string
  /** From `created_at` to now: more than the settled window would mean that some are missed. */
  readonly delayMs: number
}

export interface WriteAccepted {
  readonly type: 'write_accepted'
  readonly records: number
  readonly ms: number
}

/** A temporary fault; the same thing is tried again after `waitMs`. */
export interface Retrying {
  readonly type: 'retrying'
  readonly part: Part
  readonly code: string
  readonly message: string
  /** 1 for the first failure in a row. */
  readonly failures: number
  readonly waitMs: number
}

/** A fault that needs a person; tried again after `waitMs`, the cursor stays where it is. */
export interface Paused {
  readonly type: 'paused'
  readonly part: Part
  readonly code: string
  readonly message: string
  readonly waitMs: number
}

/** What had been retrying or paused works again. */
export interface Resumed {
  readonly type: 'resumed'
  readonly part: Part
  readonly afterMs: number
}

export interface Quarantined {
  readonly type: 'quarantined'
  readonly kind: QuarantineKind
  readonly id: string | undefined
  readonly code: string
  readonly reason: string
}

/**
 * The destination refuses events for their age and takes newer ones: these are in quarantine, code `too_old`, in place of a
 * `quarantined` for each. Times are RFC 3339.
 */
export interface TooOld {
  readonly type: 'too_old'
  readonly events: number
  readonly oldestAt: string
  readonly newestAt: string
  readonly reason: string
}

/** An event was sent out of its turn, to tell whether the destination takes any: it comes again, or has been there. */
export interface Probed {
  readonly type: 'probed'
  readonly id: string
  readonly isTaken: boolean
}

/** The position was older than Asana keeps events: those of this time that were not read yet are gone. RFC 3339. */
export interface PossibleLoss {
  readonly type: 'possible_loss'
  readonly from: string
  readonly until: string
}

/** A batch is safe and the cursor saved. */
export interface Committed {
  readonly type: 'committed'
  readonly events: number
  /** RFC 3339: the newest event delivered by this run. */
  readonly newestAt: string | undefined
  /** How old that is. */
  readonly ageMs: number | undefined
  /** The retention clock: how long until Asana deletes the oldest event that may still be unread. */
  readonly deletedInMs: number | undefined
}

/** Everything the libraries report, through `onFact`; they never log. Metrics and alarms can be built on these alone. */
export type Fact =
  | PageRead
  | Covered
  | Idle
  | Healed
  | PossibleLoss
  | FirstSight
  | RepeatsDropped
  | Late
  | WriteAccepted
  | Retrying
  | Paused
  | Resumed
  | Quarantined
  | TooOld
  | Probed
  | Committed

export type OnFact = (fact: Fact) => void

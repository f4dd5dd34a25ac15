import type { QuarantineKind } from './quarantine-entry.ts'

/** Which part of the loop a fault came from. */
export type Part = 'source' | 'sink' | 'state'

/** What limits the speed of a backfill. */
export type LimitingFactor = 'quota' | 'latency' | 'destination'

/**
 * A page was read. `newestAt` (RFC 3339) is the newest `created_at` read so far. `readBy`: the pipeline whose request it came from, if
 * that is another one (see `sharedPages`); then this pipeline made no request.
 */
export interface PageRead {
  readonly type: 'page_read'
  readonly events: number
  readonly malformed: number
  readonly bytes: number
  readonly ms: number
  readonly newestAt: string | undefined
  readonly readBy?: string
}

/**
 * One request to Asana has ended, whatever came of it; a stop that ends one is not reported. A page may need several. `status`: of the
 * answer; undefined without one.
 */
export interface Requested {
  readonly type: 'requested'
  readonly status: number | undefined
  /** From the start of the request to the last byte. */
  readonly ms: number
  /** Before that: how long the request budget held it back. */
  readonly waitedMs: number
}

/** Progress of a time range that is read in order: it is read up to `upTo`. Times are RFC 3339. */
export interface Covered {
  readonly type: 'covered'
  readonly from: string
  readonly until: string
  readonly upTo: string
  /** What limits its speed at present. */
  readonly limitedBy: LimitingFactor
}

/** The source has no newer events. `since`: RFC 3339 time of the first empty answer after the last event. */
export interface Idle {
  readonly type: 'idle'
  readonly since: string
  readonly newestAt: string | undefined
}

/** Asana no longer accepted the stored position. Reading restarts at `restartAt`; repeats are dropped by id. */
export interface Healed {
  readonly type: 'healed'
  readonly reason: string
  /** RFC 3339; undefined: from the oldest event. */
  readonly restartAt: string | undefined
}

/** A type, field or value that the catalogue does not know. Each process reports it once. */
export interface FirstSight {
  readonly type: 'first_sight'
  readonly kind: string
  readonly path: string
  readonly value: string | undefined
  readonly id: string
}

/** Events of a deliberate re-read that this destination already had, so they are not sent again. A first run has some: it reads the settled window twice. */
export interface RepeatsDropped {
  readonly type: 'repeats_dropped'
  readonly events: number
}

/** An event that appeared in the log after its time had been read. A re-read found it, and it is delivered. */
export interface Late {
  readonly type: 'late'
  readonly id: string
  /** From `created_at` to now. If it exceeds the settled window, other late events may be missed. */
  readonly delayMs: number
}

/** The sink took a write, or a part of it. */
export interface WriteAccepted {
  readonly type: 'write_accepted'
  readonly records: number
  readonly ms: number
  /**
   * One for each record, in milliseconds: from `created_at` to the acceptance, never below 0. It says how soon new events arrive; in a backlog
   * it is the age of its events.
   */
  readonly delaysMs: readonly number[]
}

/** A destination that confirms later what it has taken, such as Splunk with indexer acknowledgement, has confirmed a request. */
export interface Acknowledged {
  readonly type: 'acknowledged'
  /** From the answer until the sink knew that it is confirmed. */
  readonly ms: number
}

/** A temporary fault. The same attempt is made again after `waitMs`. */
export interface Retrying {
  readonly type: 'retrying'
  readonly part: Part
  readonly code: string
  readonly message: string
  /** 1 for the first failure in a row. */
  readonly failures: number
  readonly waitMs: number
}

/** A fault that a person must fix. It is tried again after `waitMs`; the cursor stays where it is. */
export interface Paused {
  readonly type: 'paused'
  readonly part: Part
  readonly code: string
  readonly message: string
  readonly waitMs: number
}

/** It works again after retries or a pause. */
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
 * The destination refuses events for their age and accepts newer ones. The old ones are in quarantine, code `too_old`; this one fact
 * stands for all of them, instead of a `quarantined` for each. Times are RFC 3339.
 */
export interface TooOld {
  readonly type: 'too_old'
  readonly events: number
  readonly oldestAt: string
  readonly newestAt: string
  readonly reason: string
}

/** An event was sent out of order, to test whether the destination accepts anything. It is sent again in order, or was already delivered. */
export interface Probed {
  readonly type: 'probed'
  readonly id: string
  readonly isTaken: boolean
}

/** The position was older than Asana keeps events: unread events of this time are gone. RFC 3339. */
export interface PossibleLoss {
  readonly type: 'possible_loss'
  readonly from: string
  readonly until: string
}

/** A batch is safe and the cursor saved. */
export interface Committed {
  readonly type: 'committed'
  readonly events: number
  /** Events that have been read and still wait: for others, for room, for the destination, or for their turn to be saved. */
  readonly unsaved: number
  /** How long saving took, with the waits after faults. */
  readonly ms: number
  /** RFC 3339: the newest event delivered by this run. */
  readonly newestAt: string | undefined
  /** How old that is. */
  readonly ageMs: number | undefined
  /**
   * RFC 3339: from this time on there may be unread events. After the end of the log this is when it was read, however old the newest
   * event is. Left out: everything is read, or nobody knows.
   */
  readonly unreadFrom?: string | undefined
  /** The retention clock: how long until Asana deletes the oldest event that may still be unread. */
  readonly deletedInMs: number | undefined
}

/**
 * A stop ended writes that had no result yet, with these events. The destination may have taken them. Their position is not saved, so
 * the next run sends them again.
 */
export interface CutOff {
  readonly type: 'cut_off'
  readonly events: number
}

/** Everything the libraries report, through `onFact`; they never log. Metrics and alarms can be built on these alone. */
export type Fact =
  | PageRead
  | Requested
  | Covered
  | Idle
  | Healed
  | PossibleLoss
  | FirstSight
  | RepeatsDropped
  | Late
  | WriteAccepted
  | Acknowledged
  | Retrying
  | Paused
  | Resumed
  | Quarantined
  | TooOld
  | Probed
  | Committed
  | CutOff

export type OnFact = (fact: Fact) => void

/// <reference lib="esnext.disposable" preserve="true" />
import type { HourSpan, LedgerHour, TimeSpan } from './ledger-hour.ts'
import type { QuarantineCount, QuarantineEntry, StoredQuarantineEntry } from './quarantine-entry.ts'

/** An opaque position in a source (a checkpoint). Only the source that made it can read it. */
export type Cursor = string

/** Something the source could not accept as an event, kept whole with the reason. */
export interface Malformed {
  readonly raw: unknown
  /** A sentence for the person who reads the quarantine. */
  readonly reason: string
}

export interface Batch<E> {
  readonly events: readonly E[]
  /** The identity of each event, in the same order: made once where several deliveries get the same events. Left out: `deliver` makes them. */
  readonly identities?: readonly Identity[] | undefined
  /** What the source could not accept as an event. It is quarantined in the transaction that saves the cursor. */
  readonly malformed: readonly Malformed[]
  /** Resume here. Saved only once every event above is safe. */
  readonly cursor: Cursor
  /** A re-read on purpose, after healing or to find late events: `deliver` drops what this destination has. Left out: a repeat is delivered again. */
  readonly reread?: 'healing' | 'late'
  /** Size of the page in bytes, after decompression. `deliver` uses it to limit memory. */
  readonly bytes?: number
  /**
   * The source has nothing more for now, and looks for more only after this wait, in milliseconds. `deliver` sends what it has at
   * once if nothing can come within the time an event may wait for others. Left out or 0: there may be more already.
   */
  readonly nextInMs?: number
  /** The pipeline whose request brought this page, if another. */
  readonly readBy?: string | undefined
  /** When the page with these events arrived, in milliseconds since 1970. Left out: it is not known. */
  readonly receivedAt?: number | undefined
}

/** How an event came. */
export interface Arrival {
  /** See `Batch.receivedAt`. */
  readonly receivedAt: number | undefined
  /**
   * The state knows the id, or it knows that the pipeline delivered events of that time before a rewind, a backfill or a repair. False
   * also for what the state does not know: that an earlier process ended between a write and its commit, for example.
   */
  readonly isRepeat: boolean
}

export interface Source<E> {
  /**
   * What the source makes of an event before it yields it, as a short text: for Asana it follows from the field policy. Contents of
   * events are compared only with those of the same form. Left out: always the same.
   */
  readonly contentForm?: string
  /** Identifies what a cursor depends on, such as filters. A cursor is only used with the same fingerprint. Left out: it depends on nothing. */
  readonly fingerprint?: string
  /** RFC 3339: where `read` starts without a cursor. Left out: at the oldest event. */
  readonly since?: string
  /**
   * Yields batches in order, from just after `cursor`, or from the start without one. May repeat; never skips.
   * Called again with the last committed or taken cursor after a failure. Ends when the source has nothing more to
   * give, rejects with a fault, and returns early once `signal` is aborted.
   */
  read(cursor?: Cursor, signal?: AbortSignal): AsyncIterable<Batch<E>>
  /**
   * Finds an event that happened after `at` (milliseconds since 1970), as late as a few requests can find; undefined if there is
   * none. `deliver` uses it to see whether a destination refuses old events only, or all events.
   */
  newerThan?(at: number, signal?: AbortSignal): Promise<E | undefined>
  /**
   * Resolves once the credentials differ from those of the last request; this ends a pause after a fatal fault. Rejects only when
   * the signal is aborted, with its reason.
   */
  changed?(signal: AbortSignal): Promise<void>
}

/** The writes a sink prefers. */
export interface SinkPreferences {
  /**
   * A write with this many records is sent without waiting for more.
   * @default 1_000
   */
  readonly records?: number
  /**
   * So is a write of pages with this many bytes in all, after decompression.
   * @default 4_194_304
   */
  readonly bytes?: number
  /**
   * Most writes at once. With 1, calls never overlap.
   * @default 1
   */
  readonly inFlight?: number
  /**
   * Longest time an event waits for others, from when its page was read, in milliseconds.
   *
   * It waits longer if something is wrong or the destination is busy with earlier events. The default is short because alerts
   * wait for it. An archive may ask for minutes, to get fuller writes: then an empty page does not end the wait, and a stop leaves
   * what waits to the next start. A re-read for late events ends it, as what came before must be saved first.
   * @default 1_000
   */
  readonly maxWaitMs?: number
}

export interface Sink<R> {
  readonly prefers?: SinkPreferences
  /**
   * One attempt. Resolves once the destination has durably accepted every record; rejects with a fault otherwise
   * (see fault.ts). Called with at least one record, and never re-sends by itself. After `signal` is aborted the
   * attempt is abandoned as soon as possible and rejects.
   */
  write(records: readonly R[], signal: AbortSignal): Promise<void>
  /** See `Source.changed`. */
  changed?(signal: AbortSignal): Promise<void>
  /** Releases connections and files. The code that made the sink calls it after the last write has ended. A second call does nothing. */
  close?(): Promise<void>
}

/** A sink with something to release, as all of ours have. `await using` closes it. */
export interface ClosableSink<R> extends Sink<R>, AsyncDisposable {
  close(): Promise<void>
}

/** Identifies an event: its id, and when it happened in milliseconds since 1970 (ids are pruned by that time). */
export interface Identity {
  readonly id: string
  readonly at: number
  /** The hash of what it holds (`contentHash`). Left out: it is not recorded. */
  readonly content?: number
}

/** Everything that becomes true at once when a batch is safe. */
export interface Commit {
  readonly cursor: Cursor
  /** The pipeline whose request brought the last page, if another. */
  readonly readBy?: string | undefined
  readonly delivered: readonly Identity[]
  readonly quarantined: readonly QuarantineEntry[]
  /** See `Source.contentForm`. Left out: what events hold is not recorded. */
  readonly contentForm?: string
}

/** What a pipeline's rows say about its destination, for a process that has not written to it yet. */
export interface Acceptance {
  /** Events it accepted, over all runs. */
  readonly delivered: number
  /** Events it rejected for good since it last accepted one. */
  readonly rejectedSince: number
}

/**
 * The saved position of one destination: one row (pipeline and lane) of a state.
 * `commit` is atomic: after a crash either all of it holds or nothing.
 */
export interface Lane {
  /** The cursor of the last commit; undefined before the first. */
  load(): Promise<Cursor | undefined>
  /** Without it, every new process assumes that the destination has never accepted anything. */
  acceptance?(): Promise<Acceptance>
  /** Which of `ids` this pipeline recently delivered or quarantined, in any lane. */
  known(ids: readonly string[]): Promise<ReadonlySet<string>>
  /**
   * Times of which this pipeline delivered something before it was told to deliver them again by `rewind` or `reopen`. Without it, such
   * events count as new.
   */
  deliveredBefore?(): Promise<readonly TimeSpan[]>
  /** A commit that is tried again is the same object: the lane may have made it already, and only its answer was lost. */
  commit(commit: Commit): Promise<void>
}

/** One row of a state, for people. */
export interface LaneSummary {
  readonly pipeline: string
  readonly lane: string
  readonly cursor: Cursor
  /** Events delivered over all runs, repeats included. */
  readonly delivered: number
  readonly quarantined: number
  /** RFC 3339 time of the newest event delivered. */
  readonly newestAt: string | undefined
  /** The pipeline whose request brought the last page. Undefined if it was its own, and after a rewind. */
  readonly readBy: string | undefined
  /** RFC 3339. */
  readonly committedAt: string
}

/** A pipeline as a state knows it, from its first claim on. */
export interface PipelineSummary {
  readonly pipeline: string
  /** The hours it was asked to deliver, so that other hours do not count as missing. In order; spans do not touch. */
  readonly asked: readonly HourSpan[]
}

/** The right to move a pipeline's cursors. `await using` releases it. */
export interface Claim extends AsyncDisposable {
  /**
   * Opens a row. `fingerprint` is that of the source's filters. Rejects with a fatal `filters_changed` if the row was made with other
   * filters: an offset must never be used with filters it was not given for.
   */
  lane(name: string, fingerprint: string): Promise<Lane>
  /**
   * Notes, before anything is delivered, that everything from `from` on (milliseconds since 1970) is asked for. It replaces an earlier
   * start that delivered nothing, and adds to what `reopen` asked for. It opens the ledger of the hours that begin there.
   */
  start(from: number): Promise<void>
  /**
   * Moves a row to the given cursor, makes it if missing, and lets the next `lane` have any filters. Everything from there on is delivered
   * again. It opens the ledger again from `from` on (milliseconds since 1970, the start of an hour): those hours are asked for and counted from zero.
   */
  rewind(name: string, cursor: Cursor, from: number): Promise<void>
  /** `rewind` for several rows, by name, in one change: nobody finds one moved and another not. A row without a cursor is deleted. */
  rewindAll(cursors: ReadonlyMap<string, Cursor | undefined>, from: number): Promise<void>
  /**
   * Opens the ledger again for the hours that begin in `[from, until)` (milliseconds since 1970): they will be delivered, again or
   * for the first time.
   */
  reopen(from: number, until: number): Promise<void>
  /** Deletes a row. */
  drop(name: string): Promise<void>
  /** Deletes all that the state has of the pipeline, its quarantine too, and ends the claim. */
  forget(): Promise<void>
  /** A second call does nothing. */
  release(): Promise<void>
}

/** Where cursors, recent ids and the quarantine are kept. It can be read while a runner uses it. `await using` closes it. */
export interface State extends AsyncDisposable {
  /** Makes the caller the one runner of a pipeline until `release` or the end of its process. Rejects with a fatal `already_running`. */
  claim(pipeline: string): Promise<Claim>
  lanes(): Promise<LaneSummary[]>
  /** All pipelines that were ever claimed, also those that delivered nothing. */
  pipelines(): Promise<PipelineSummary[]>
  /** Oldest first. */
  quarantine(pipeline?: string): AsyncIterable<StoredQuarantineEntry>
  /** What is in the quarantine now, by pipeline, kind and code; the most frequent of a pipeline first. It reads no event. */
  quarantineCounts(): Promise<QuarantineCount[]>
  /** Removes entries from the quarantine once they are delivered. Unknown numbers are ignored. */
  discharge(numbers: readonly number[]): Promise<void>
  /** Counts of the events in `[from, until)` (milliseconds, by `created_at`), by UTC hour, for 90 days; each id once. A commit saves them with its cursor. */
  ledger(pipeline: string, from: number, until: number): Promise<LedgerHour[]>
  /** Releases all claims. A second call does nothing. */
  close(): Promise<void>
}

/** What `deliver` needs of an event: an id, to drop repeats, and the time it happened (RFC 3339). */
export interface Identified {
  readonly gid: string
  readonly created_at: string
}

import type { Claim, State } from '../contract.ts'
import type { OnFact } from '../fact.ts'

/** A state that outlives its process, with what the command needs beside delivering. */
export interface DurableState extends State {
  /** Whether somebody has claimed this pipeline, here or in another process. */
  isRunning(pipeline: string): Promise<boolean>
  /**
   * Claims a pipeline as soon as nobody else has it: within 20 seconds after the other process, its host or its connection to the state is
   * gone. Rejects with the reason of the signal when that is aborted. A state for one machine does not have this method.
   */
  standby?(pipeline: string, options?: StandbyOptions): Promise<Claim>
  /** Everything in the state as lines of JSON. All lines show the same moment, even if a pipeline runs meanwhile. */
  export(): AsyncIterable<string>
  /**
   * Takes the lines of an export, of this kind of state or another: all of them or none. Rejects with a fatal `already_running` if one of
   * their pipelines runs, `pipeline_exists` if this state has one already, and `not_an_export` if the lines are not a whole export.
   */
  import(lines: AsyncIterable<string>): Promise<void>
  /** The notes of this name, by pipeline. */
  notes(name: string): Promise<ReadonlyMap<string, string>>
  /**
   * Stores a short text for a pipeline, and replaces the earlier note of this name. A watcher stores what it must know after a restart, such
   * as its alarms. It needs no claim; but if the pipeline was claimed here and another process has taken it over, it rejects with a fatal
   * `superseded`, until that claim is released. An export has the notes whose names begin with `position.`, and no others.
   */
  note(pipeline: string, name: string, text: string): Promise<void>
  /** The notes of this pipeline, by name. */
  notesOf(pipeline: string): Promise<ReadonlyMap<string, string>>
  /** The same as `note` for several at once: after a crash all of them are kept or none. A note without a text is removed. */
  keepNotes(pipeline: string, notes: ReadonlyMap<string, string | undefined>): Promise<void>
  /**
   * Finds out whether a position could be saved now: makes a small write that changes nothing, even while a pipeline runs. Rejects with the
   * fault that a commit would have, for example `disk_full` or `state_gone`.
   */
  probe(): Promise<void>
}

export interface StandbyOptions {
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined
  /** Called with a fact when the state cannot be reached and is tried again. */
  readonly onFact?: OnFact | undefined
}

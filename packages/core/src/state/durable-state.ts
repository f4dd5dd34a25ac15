import type { Claim, State } from '../contract.ts'
import type { OnFact } from '../fact.ts'

/** A state that outlives its process, with what the command needs beside delivering. */
export interface DurableState extends State {
  /** Whether somebody has claimed this pipeline, here or in another process. */
  isRunning(pipeline: string): Promise<boolean>
  /**
   * Claims a pipeline as soon as nobody else has it: within 20 seconds after the process that has it, its host or its line to the state is gone.
   * Rejects when the signal is aborted, with its reason. A state of one machine does not have it.
   */
  standby?(pipeline: string, options?: StandbyOptions): Promise<Claim>
  /** Everything in it as lines of JSON, a consistent picture, also beside a runner. */
  export(): AsyncIterable<string>
  /**
   * Takes the lines of an export, of this kind of state or another. All or nothing. Rejects with a fatal `already_running` where one of its
   * pipelines runs, `pipeline_exists` where one is in this state already, and `not_an_export` for anything else.
   */
  import(lines: AsyncIterable<string>): Promise<void>
  /** The notes of this name, by pipeline. */
  notes(name: string): Promise<ReadonlyMap<string, string>>
  /**
   * Keeps a short text beside a pipeline, in place of the one of this name: what a watcher must know after a restart, such as its alarms.
   * It needs no claim. An export has the notes whose names begin with `position.`, and no others.
   */
  note(pipeline: string, name: string, text: string): Promise<void>
  /** The notes of this pipeline, by name. */
  notesOf(pipeline: string): Promise<ReadonlyMap<string, string>>
  /** The same as `note` for several at once: after a crash all of them are kept or none. A note without a text is removed. */
  keepNotes(pipeline: string, notes: ReadonlyMap<string, string | undefined>): Promise<void>
  /**
   * Finds out whether a position could be saved now: a small write that changes nothing reaches the disk, beside a runner, too. Rejects with
   * the fault that a commit would have, for example `disk_full` or `state_gone`.
   */
  probe(): Promise<void>
}

export interface StandbyOptions {
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined
  /** Hears when the state cannot be reached, and that it is tried again. */
  readonly onFact?: OnFact | undefined
}

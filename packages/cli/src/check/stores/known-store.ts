import type { Beginning } from '../../pipelines/run/start-warnings.ts'
import type { Warning } from '../../terminal/problem.ts'

/** Gives the text of a page of the store. Undefined unless it answers 200. */
export type AskPage = (path: string) => Promise<string | undefined>

/** What a store says of itself. */
export interface StoreSaid {
  /** What it is, for people. */
  readonly sentence: string
  /** Where it would not keep all that the pipeline delivers. */
  readonly warnings: readonly Warning[]
}

/** A store that tells what it is and where its limits are. */
export interface KnownStore {
  /** What the path of its OTLP endpoint ends with. Nobody else is asked for pages of this store. */
  readonly endpoint: string
  /** Undefined if its answers do not tell. */
  says(page: AskPage, beginning: Beginning): Promise<StoreSaid | undefined>
}

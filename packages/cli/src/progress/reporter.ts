import type { Fact, Fault } from '@asana-audit/core'
import type { Warning } from '../terminal/problem.ts'
import type { PipelineResult } from './pipeline-result.ts'

/** One row of the state: what new events and the backlog do is told apart. */
export interface Place {
  readonly pipeline: string
  readonly lane: string
}

/** What happened, and where. */
export interface Report {
  fact(place: Place, fact: Fact): void
  warning(pipeline: string, warning: Warning): void
  /** Nothing could be started; or this pipeline has ended, while others go on, perhaps for ever. */
  failed(fault: Fault, pipeline?: string): void
}

/** The name of a row for people: the usual lane goes without saying. */
export function placeName({ pipeline, lane }: Place): string {
  return lane === 'live' ? pipeline : `${pipeline} (${lane})`
}

/** Tells people or machines what a run does. */
export interface Reporter extends Report {
  started(places: readonly Place[], statePath: string): void
  /** Of what all pipelines share. */
  stateWarning(warning: Warning): void
  stopping(signal: string): void
  finished(results: readonly PipelineResult[]): void
}

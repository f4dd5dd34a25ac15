import type { Fault } from '@asana-audit/core'
import type { Warning } from '../open-destination.ts'
import type { PipelineResult, Report } from '../run-pipelines.ts'

/** Tells people or machines what a run does. */
export interface Reporter extends Report {
  started(pipelines: readonly string[], statePath: string): void
  /** Of what all pipelines share. */
  stateWarning(warning: Warning): void
  stopping(signal: string): void
  /** Nothing could be started. */
  failed(fault: Fault): void
  finished(results: readonly PipelineResult[]): void
}

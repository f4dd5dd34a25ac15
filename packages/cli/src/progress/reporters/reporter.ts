import type { Fact, Fault } from '@asana-audit/core'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import type { Problem, Warning } from '../../terminal/problem.ts'
import type { Finding } from '../finding/finding.ts'
import type { LaneRef } from '../lane.ts'
import type { PipelineResult } from './pipeline-result.ts'

/** Reports what happens in a lane or a pipeline. */
export interface Report {
  fact(lane: LaneRef, fact: Fact): void
  warning(pipeline: string, warning: Warning): void
  /** A rule found something that no run has found before. */
  found?(pipeline: string, finding: Finding): void
  /** Tells a finding to receivers of alarms, also one that the last run could not tell. Resolves once each receiver has taken it; rejects if the run ends first. */
  finding?(pipeline: string, finding: Finding): Promise<void>
  /** All pipelines are claimed, and reading begins. */
  claimed?(): void
  /** A pipeline begins, at the start or after the settings were read again. */
  begins?(pipeline: PipelineSettings): void
  /** Another process has taken a pipeline over, and this one waits until it begins again. Failures of this process no longer count. */
  standsBy?(pipeline: string): void
  /** Without `pipeline`: nothing could be started. With it: this pipeline has ended, and others still run. */
  failed(fault: Fault, pipeline?: string): void
  /** The settings were read again, and all changes are made. */
  reloaded?(reload: Reload): void
  /** The settings were read again and refused whole: everything goes on as before. */
  reloadRefused?(problems: readonly Problem[]): void
}

/** The names of the pipelines that a new reading of the settings has changed. */
export interface Reload {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  /** How many go on as they were. */
  readonly unchanged: number
}

/** Reports a whole run, to people or to machines. */
export interface Reporter extends Report {
  /** `statusPage`: where the status page is served, if it is. */
  started(lanes: readonly LaneRef[], statePath: string, statusPage?: string): void
  /** A warning about the state, which all pipelines share. */
  stateWarning(warning: Warning): void
  stopping(signal: string): void
  finished(results: readonly PipelineResult[]): void
}

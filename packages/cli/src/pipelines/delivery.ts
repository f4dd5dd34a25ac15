import type { State, UncertainPolicy } from '@asana-audit/core'
import type { Settings } from '../config/read-settings.ts'
import type { Report } from '../progress/reporter.ts'

export interface DeliverSettings {
  readonly settings: Settings
  readonly giveUpAfterMs: number | undefined
  /** Before what a destination says. */
  readonly onUncertain: UncertainPolicy | undefined
  /** What is written to stderr; undefined where the terminal decides. */
  readonly log: 'human' | 'json' | undefined
}

/** What a delivering command works with. */
export interface Delivery extends DeliverSettings {
  readonly state: State
  readonly signal: AbortSignal
  readonly report: Report
}

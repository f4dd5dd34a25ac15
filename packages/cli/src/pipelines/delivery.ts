import type { State, UncertainPolicy } from '@asana-audit/core'
import type { Settings } from '../config/read-settings.ts'
import type { Report } from '../progress/reporter.ts'

export interface DeliverSettings {
  readonly settings: Settings
  readonly giveUpAfterMs: number | undefined
}

/** What a delivering command works with. */
export interface Delivery extends DeliverSettings {
  readonly state: State
  /** Before what a destination says. */
  readonly onUncertain: UncertainPolicy | undefined
  readonly signal: AbortSignal
  readonly report: Report
}

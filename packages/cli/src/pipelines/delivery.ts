import type { DurableState, UncertainPolicy } from '@asana-audit/core'
import type { Settings } from '../config/read-settings.ts'
import type { LogLevel } from '../flags/choice.ts'
import type { Report } from '../progress/reporters/reporter.ts'

export interface DeliverSettings {
  readonly settings: Settings
  readonly giveUpAfterMs: number | undefined
  /** Overrides the setting of a destination. */
  readonly onUncertain: UncertainPolicy | undefined
  /** The form of the log on stderr. Undefined: human on a terminal, JSON elsewhere. */
  readonly log: 'human' | 'json' | undefined
  /** The least urgent lines that the log shows. */
  readonly logLevel: LogLevel | undefined
}

/** What a delivering command needs to run. */
export interface Delivery extends DeliverSettings {
  readonly state: DurableState
  readonly signal: AbortSignal
  readonly report: Report
}

import type { Reporter } from './reporter.ts'

/** What watches a run beside its log, such as metrics and alarms. It is called for each fact, so it must be quick and never throws. */
export interface Observer extends Reporter {
  /** The address of the page it serves, if it serves one. */
  readonly statusPage?: string
  close(): Promise<void>
}

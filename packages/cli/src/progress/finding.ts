import type { Level } from '@asana-audit/detections'

/** What a rule found among the events of a pipeline. */
export interface Finding {
  /** The same for the same rule and event, also after a restart. */
  readonly id: string
  readonly rule: { readonly id: string; readonly title: string; readonly level: Level }
  /** The time of the event that completed it, milliseconds since 1970. */
  readonly at: number
  /** What was found, by whom and from where. Whole sentences. */
  readonly message: string
  /** The events: for a correlation at most the last hundred. */
  readonly gids: readonly string[]
}

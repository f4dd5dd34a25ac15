import type { Level } from '@asana-audit/detections'

/** What a rule found among the events of a pipeline. */
export interface Finding {
  /** The same for the same rule and event, also after a restart. */
  readonly id: string
  readonly rule: {
    readonly id: string
    readonly title: string
    readonly level: Level
    /** Such as `attack.t1078.004`. */
    readonly tags: readonly string[]
  }
  /** The time of the event that completed it, milliseconds since 1970. */
  readonly at: number
  /** What was found, by whom and from where. Whole sentences. */
  readonly message: string
  /** Who did the last of it, as far as the event says. */
  readonly actor: { readonly gid?: string; readonly email?: string; readonly name?: string }
  /** The address it came from, as the event has it. */
  readonly from?: string
  /** The values that the events of a correlation share. */
  readonly group: Readonly<Record<string, string>>
  /** How many events it is about. */
  readonly count: number
  /** The events: for a correlation at most the last hundred. */
  readonly gids: readonly string[]
}

/** Writes one finding to the destination of its pipeline, in one attempt. Rejects with a fault. */
export type SendFinding = (finding: Finding, signal: AbortSignal) => Promise<void>

/** The event name of a finding as a log record. */
export const findingEventName = 'asana_audit.finding'
/** The only name at the top of a finding that stands beside events as Asana sent them. */
export const findingKey = 'asana_audit_finding'

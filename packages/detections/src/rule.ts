import type { AuditLogEvent } from '@asana-audit/schema'
import type { Level } from './level.ts'

/** What a rule says about itself. */
export interface AboutRule {
  /** Its `id`; where it has none its `name`, then its title. */
  readonly id: string
  readonly name: string | undefined
  readonly title: string
  readonly description: string
  /** `medium` where the rule says nothing. */
  readonly level: Level
  readonly status: string | undefined
  readonly tags: readonly string[]
  readonly references: readonly string[]
  readonly falsePositives: readonly string[]
  /** The file it came from, for people. */
  readonly file: string
  /** False for a rule that only is a building block of a correlation: it gives no hits of its own. */
  readonly reports: boolean
}

/** A rule about single events. */
export interface EventRule extends AboutRule {
  readonly kind: 'event'
  readonly matches: (event: AuditLogEvent) => boolean
}

export const correlationTypes = ['event_count', 'value_count', 'temporal', 'temporal_ordered'] as const
export type CorrelationType = (typeof correlationTypes)[number]

/** A rule about several events of other rules. */
export interface CorrelationRule extends AboutRule {
  readonly kind: 'correlation'
  readonly type: CorrelationType
  /** The rules it is made of, in the order given. */
  readonly parts: readonly Rule[]
  /** A name for people, and the path of the field in events of each of the parts. */
  readonly groupBy: readonly { readonly name: string; readonly paths: readonly string[] }[]
  readonly timespanMs: number
  /** How many events, values or rules there must be. */
  readonly atLeast: number
  /** The field whose different values `value_count` counts. */
  readonly field: string | undefined
}

export type Rule = EventRule | CorrelationRule

/** Something a rule says that cannot be run. */
export interface RuleProblem {
  readonly file: string
  /** The rule's title, where it could be read. */
  readonly rule: string | undefined
  /** A sentence that names what is wrong. */
  readonly message: string
}

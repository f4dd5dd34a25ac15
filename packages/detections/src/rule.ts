import type { AuditLogEvent } from '@asana-audit/schema'
import type { ValueForm } from './first-seen/value-form.ts'
import type { Level } from './level.ts'

/** The description of a rule. */
export interface AboutRule {
  /** Its `id`; without one its `name`, then its title. */
  readonly id: string
  readonly name: string | undefined
  readonly title: string
  readonly description: string
  /** `medium` if the rule has none. */
  readonly level: Level
  readonly status: string | undefined
  readonly tags: readonly string[]
  readonly references: readonly string[]
  readonly falsePositives: readonly string[]
  /** The name of its file, for messages. */
  readonly file: string
  /** False for a rule that is only a part of a correlation: it gives no hits of its own. */
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
  /** A name for output, and the path of the field in the events of each part. */
  readonly groupBy: readonly { readonly name: string; readonly paths: readonly string[] }[]
  readonly timespanMs: number
  /** The least number of events, values or rules. */
  readonly atLeast: number
  /** The field whose different values `value_count` counts. */
  readonly field: string | undefined
}

/** A rule about a value that its key has not had before: a network that is new for a person. Ours, not Sigma's. */
export interface FirstSeenRule extends AboutRule {
  readonly kind: 'first_seen'
  /** The rules whose events count. */
  readonly parts: readonly Rule[]
  /** The paths of the fields that make the key. Without any, all events have one key. */
  readonly groupBy: readonly string[]
  /** The path of the field whose values are remembered. */
  readonly field: string
  readonly form: ValueForm
  /** How many days a value is remembered. */
  readonly days: number
  /** For how long after the first event of its key nothing is found. */
  readonly learningMs: number
}

export type Rule = EventRule | CorrelationRule | FirstSeenRule

/** A problem of a rule that cannot run, or a warning about one that can. */
export interface RuleProblem {
  readonly file: string
  /** The rule's title, if it could be read. */
  readonly rule: string | undefined
  /** A sentence that names the problem. */
  readonly message: string
}

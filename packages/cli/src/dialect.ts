import type { AttributeValue, RelevancePolicy } from '@asana-audit/schema'
import type { ContextOf } from '@asana-audit/schema/context'
import type { Instant } from '@asana-audit/schema/lossless'

/** How events are written as lines of JSON: `--format`. */
export const dialects = ['otlp', 'event', 'panther', 'ocsf', 'ecs', 'cim', 'udm', 'asim'] as const
export type Dialect = (typeof dialects)[number]

/** Why events are sent again: `replay` from an archive, or `repair` of an hour that differed. Each event is marked with it. */
export const marks = ['replay', 'repair'] as const
export type Mark = (typeof marks)[number]

/** The name of a field that marked events have in our own form, and in Panther's. */
export const markKey = (mark: Mark): string => `asana_audit_${mark}`

/** What we know about an event that is not in the event itself. */
export interface ViewOptions {
  readonly workspace?: string | undefined
  /** When the event was read from Asana. */
  readonly observedTimestamp?: Instant | undefined
  /** What is added to events. */
  readonly context?: ContextOf | undefined
  /** The user's own levels of relevance. */
  readonly relevance?: RelevancePolicy | undefined
  /** The resource of the OTLP record it came in. */
  readonly resource?: Readonly<Record<string, AttributeValue>> | undefined
}

import type { AttributeValue, RelevancePolicy } from '@asana-audit/schema'
import type { Instant } from '@asana-audit/schema/lossless'

/** How events are written as lines of JSON: `--format`. */
export const dialects = ['otlp', 'event', 'panther', 'ocsf', 'ecs', 'cim', 'udm', 'asim'] as const
export type Dialect = (typeof dialects)[number]

/** The name of a field that events in our own form, and in Panther's, have if they are sent again from an archive. */
export const replayKey = 'asana_audit_replay'

/** What we know about an event that is not in the event itself. */
export interface Provenance {
  readonly workspace?: string | undefined
  /** When the event was read from Asana. */
  readonly observedTimestamp?: Instant | undefined
  /** The user's own levels of relevance. */
  readonly relevance?: RelevancePolicy | undefined
  /** The resource of the OTLP record it came in. */
  readonly resource?: Readonly<Record<string, AttributeValue>> | undefined
}

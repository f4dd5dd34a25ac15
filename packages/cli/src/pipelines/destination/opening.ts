import type { Sink, UncertainPolicy } from '@asana-audit/core'
import type { AuditLogEvent, LogRecordOptions } from '@asana-audit/schema'
import type { PipelineSettings } from '../../config/pipeline-settings.ts'
import type { Warning } from '../../terminal/problem.ts'

/** What a pipeline brings to its destination. */
export interface Opening {
  readonly pipeline: PipelineSettings
  /** Ours, and the user's own over it. */
  readonly resource: Readonly<Record<string, string>>
  /** How an event becomes a record. The source has applied the field policy already. */
  readonly recordOptions: LogRecordOptions
  readonly onWarning: (warning: Warning) => void
}

/** Where a pipeline writes, and what it makes of an event for that. */
export interface OpenDestination {
  readonly sink: Sink<unknown>
  readonly map: (event: AuditLogEvent) => unknown
  /** What its settings say of a partial success. */
  readonly onUncertain?: UncertainPolicy | undefined
}

/** What is settled of a destination of one kind. */
export type DestinationOf<Kind extends PipelineSettings['destination']['kind']> = Extract<
  PipelineSettings['destination'],
  { kind: Kind }
>

/** For sinks that make their records themselves, out of the event. */
export const itself = (event: AuditLogEvent): AuditLogEvent => event

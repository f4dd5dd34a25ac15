import type { ClosableSink, DurableState, HttpClient, OnFact, UncertainPolicy } from '@asana-audit/core'
import type { WriteRecord } from '@asana-audit/otlp/encoding'
import type { AuditLogEvent, LogRecordOptions } from '@asana-audit/schema'
import type { ContextOf } from '@asana-audit/schema/context'
import { writeLogRecord } from '@asana-audit/schema/encoder'
import type { Instant } from '@asana-audit/schema/lossless'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import type { Mark } from '../../dialect.ts'
import type { SendFinding } from '../../progress/finding/finding.ts'
import type { Warning } from '../../terminal/problem.ts'
import type { NoteArrival } from './event-origins.ts'

/** What a destination needs from its pipeline. */
export interface Opening {
  readonly pipeline: PipelineSettings
  /** Our resource attributes, overridden by those of the user. */
  readonly resource: Readonly<Record<string, string>>
  /** How an event becomes a record. The source has applied the field policy already. */
  readonly recordOptions: LogRecordOptions
  readonly onWarning: (warning: Warning) => void
  /** What is added to events. */
  readonly context: ContextOf | undefined
  /** Called with the facts that a sink reports itself. */
  readonly onFact: OnFact | undefined
  /** The connections that it shares with other pipelines. Undefined: its own. */
  readonly http?: HttpClient | undefined
  /** Short texts that the state keeps beside the pipeline. Undefined where nothing is kept. */
  readonly notes?: Notes | undefined
  /** Why the events are sent again: each is marked. Undefined for events that are delivered as they come. */
  readonly mark?: Mark | undefined
  /** When an event was observed; undefined if that is not known. Left out: now. */
  readonly observedAt?: ((event: AuditLogEvent) => Instant | undefined) | undefined
}

/** What is known about events from an archive. */
export interface Replay {
  /** When the event was observed; undefined if that is not known. */
  readonly observedAt: (event: AuditLogEvent) => Instant | undefined
}

export interface Notes {
  read(name: string): Promise<string | undefined>
  keep(name: string, text: string): Promise<void>
}

/** The notes of one pipeline in a state. */
export function notesIn(state: Pick<DurableState, 'note' | 'notesOf'>, pipeline: string): Notes {
  return {
    read: async (name) => (await state.notesOf(pipeline)).get(name),
    keep: (name, text) => state.note(pipeline, name, text),
  }
}

/** The sink of a pipeline, and how an event is mapped for it. */
export interface OpenDestination {
  readonly sink: ClosableSink<unknown>
  readonly map: (event: AuditLogEvent) => unknown
  /** Called with each event before it is mapped, and with how it came, as far as that is known. Undefined if nobody asks for it. */
  readonly onArrival?: NoteArrival | undefined
  /** Its setting for partial successes. */
  readonly onUncertain?: UncertainPolicy | undefined
  /** Undefined without `detect`, and for destinations that cannot take findings. */
  readonly sendFinding?: SendFinding | undefined
}

/** The settings of a destination of one kind. */
export type DestinationOf<Kind extends PipelineSettings['destination']['kind']> = Extract<
  PipelineSettings['destination'],
  { kind: Kind }
>

/** The mapping for sinks that make their records from the event themselves. */
export const unchanged = (event: AuditLogEvent): AuditLogEvent => event

/** Writes an event as OTLP, without a record in between. */
export function recordWriter(opening: Opening): WriteRecord<AuditLogEvent> {
  return (event, put) => writeLogRecord(event, put, recordOptionsFor(opening, event))
}

/** The options of one event. Without a known time it is observed now. */
export function recordOptionsFor(
  { recordOptions, observedAt }: Opening,
  event: AuditLogEvent,
): LogRecordOptions {
  const observedTimestamp = observedAt?.(event)
  return observedTimestamp ? { ...recordOptions, observedTimestamp } : recordOptions
}

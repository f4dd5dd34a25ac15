import { type Sink, toFault, type UncertainPolicy } from '@asana-audit/core'
import { type LineFileSink, lineFileSink, lineStreamSink, objectLines } from '@asana-audit/jsonl'
import { fileSink, otlpSink, streamSink } from '@asana-audit/otlp'
import type { WriteRecord } from '@asana-audit/otlp/encoding'
import {
  type AuditLogEvent,
  type AuditLogRecord,
  auditResourceAttributes,
  auditScope,
  keepAll,
  toLogRecord,
} from '@asana-audit/schema'
import { writeLogRecord } from '@asana-audit/schema/encoder'
import { present } from '@asana-audit/schema/lossless'
import { asanaHecEvent, type HecEvent, hecSink, otelHecEvent } from '@asana-audit/splunk-hec'
import type { PipelineSettings } from '../config/pipeline-settings.ts'
import { viewIn } from '../dialect.ts'
import type { Warning } from '../terminal/problem.ts'
import { outputForRecords } from '../terminal/standard-streams.ts'
import { terminalStream } from '../terminal/terminal-stream.ts'

/** Where a pipeline writes, and what it makes of an event for that. */
export interface OpenDestination {
  readonly sink: Sink<unknown>
  readonly map: (event: AuditLogEvent) => unknown
  /** What its settings say of a partial success. */
  readonly onUncertain?: UncertainPolicy | undefined
}

/** `ownResource`: attributes of the user's own, over ours. Rejects with a fault where somebody else writes the file. */
export async function openDestination(
  pipeline: PipelineSettings,
  ownResource: Readonly<Record<string, string>>,
  onWarning: (warning: Warning) => void,
): Promise<OpenDestination> {
  const { destination, workspace, http, details, format, relevance } = pipeline
  const resource = { ...auditResourceAttributes({ workspace }), ...ownResource }
  const origin = { resource, scope: auditScope, onWarning }
  for (const warning of pipeline.warnings) onWarning(warning)
  // The source has applied the field policy already.
  const recordOptions = { fieldPolicy: keepAll, details, relevance }
  const record = (event: AuditLogEvent): AuditLogRecord => toLogRecord(event, recordOptions)
  const view = viewIn(format)
  const viewed =
    view && ((event: AuditLogEvent) => view(event, { workspace, relevance, observedTimestamp: present() }))
  switch (destination.kind) {
    case 'otlp': {
      const connection = { ...destination.options, proxy: http.proxy }
      const writeRecord: WriteRecord<AuditLogEvent> = (event, put) =>
        writeLogRecord(event, put, recordOptions)
      const sink = otlpSink({ ...origin, ...connection, writeRecord, maxInFlight: destination.maxInFlight })
      return { sink, map: itself, onUncertain: destination.onUncertain }
    }
    case 'splunk-hec': {
      const toHecEvent = (event: AuditLogEvent): HecEvent =>
        destination.format === 'otel'
          ? otelHecEvent(record(event), { resource })
          : asanaHecEvent(event, { fieldPolicy: keepAll, relevance })
      const sink = hecSink({ ...hecConnectionOf(pipeline, destination), onWarning, toHecEvent })
      return { sink, map: itself }
    }
    case 'file': {
      const { path, rotateBytes, rotateKeep } = destination
      const file = { path, rotateBytes, rotateKeep }
      if (!viewed) return { sink: await ours(fileSink({ ...origin, ...file })), map: record }
      return { sink: await ours(lineFileSink({ ...file, onWarning, lines: objectLines })), map: viewed }
    }
    case 'stdout': {
      const stream = terminalStream(outputForRecords())
      if (!viewed) return { sink: streamSink({ ...origin, stream }), map: record }
      return { sink: lineStreamSink({ stream, lines: objectLines }), map: viewed }
    }
  }
}

/** That somebody else writes a file is known before anything is read. What else is wrong with it, the first write says, and waits. */
async function ours<R>(sink: LineFileSink<R>): Promise<LineFileSink<R>> {
  try {
    await sink.open()
  } catch (error) {
    const { code } = toFault(error)
    if (code === 'file_in_use' || code === 'hard_linked') {
      await sink.close?.()
      throw error
    }
  }
  return sink
}

const itself = (event: AuditLogEvent): AuditLogEvent => event

type HecDestination = Extract<PipelineSettings['destination'], { kind: 'splunk-hec' }>

/** The options of a sink and of a check. */
export function hecConnectionOf(
  { workspace, http }: PipelineSettings,
  { options }: HecDestination,
): Parameters<typeof hecSink>[0] {
  return {
    ...options,
    // Splunk's own default would be the address we happen to come from.
    host: options.host ?? workspace,
    proxy: http.proxy,
  }
}

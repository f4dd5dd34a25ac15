import type { Sink } from '@asana-audit/core'
import { fileSink, type OnWarning, otlpSink, streamSink } from '@asana-audit/otlp'
import { type AuditLogRecord, auditResourceAttributes, auditScope } from '@asana-audit/schema'
import type { PipelineSettings } from './config/pipeline-settings.ts'

/** The sink of a pipeline's destination. `resource`: attributes of the user's own, over ours. */
export function openSink(
  { destination, workspace, http }: PipelineSettings,
  resource: Readonly<Record<string, string>>,
  onWarning: OnWarning,
): Sink<AuditLogRecord> {
  const origin = {
    resource: { ...auditResourceAttributes({ workspace }), ...resource },
    scope: auditScope,
    onWarning,
  }
  switch (destination.kind) {
    case 'otlp': {
      const { certificates: _, ...options } = destination.options
      return otlpSink({ ...origin, ...options, ...destination.certificates, proxy: http.proxy })
    }
    case 'file':
      return fileSink({ ...origin, path: destination.path, rotateBytes: destination.rotateBytes })
    case 'stdout':
      return streamSink({ ...origin, stream: process.stdout })
  }
}

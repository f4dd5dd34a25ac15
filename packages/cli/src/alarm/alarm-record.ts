import { otlpSink } from '@asana-audit/otlp'
import type { WriteRecord } from '@asana-audit/otlp/encoding'
import { auditResourceAttributes } from '@asana-audit/schema'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import { version } from '../version.ts'
import { severityOf, type Told } from './alarm.ts'

/** WARN and WARN4 of OpenTelemetry. An alarm that is over is INFO. */
const severityNumbers = { warning: 13, critical: 16 } as const

/** An alarm as a log record with its own event name, so that it cannot be taken for an event of Asana. */
const writeAlarmRecord: WriteRecord<Told> = ({ alarm, replaced, now }, put) => {
  const { pipeline, kind, state, since, message } = alarm
  put('asana_audit.pipeline', pipeline)
  put('asana_audit.alarm.kind', kind)
  put('asana_audit.alarm.state', state)
  put('asana_audit.alarm.replaced', replaced)
  return {
    eventName: 'asana_audit.alarm',
    timestamp: instant(since),
    observedTimestamp: instant(now),
    severityNumber: state === 'ALARM' ? severityNumbers[severityOf(alarm)] : 9,
    body: message,
  }
}

/** Seconds and nanoseconds. */
function instant(ms: number): [number, number] {
  return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000]
}

/** One attempt to send an alarm to the OTLP destination of its pipeline. Alarms are rare, so each opens a connection of its own. */
export async function sendAlarmRecord(
  { destination, workspace, proxies }: PipelineSettings,
  resource: Readonly<Record<string, string>>,
  told: Told,
  signal: AbortSignal,
): Promise<void> {
  // The settings have changed meanwhile, and the new destination takes no alarms.
  if (destination.kind !== 'otlp') return
  const sink = otlpSink<Told>({
    ...destination.options,
    ...proxies.through(destination.options.credentials),
    writeRecord: writeAlarmRecord,
    resource: { ...auditResourceAttributes({ workspace }), ...resource },
    scope: { name: 'asana-audit', version },
  })
  try {
    await sink.write([told], signal)
  } finally {
    await sink.close()
  }
}

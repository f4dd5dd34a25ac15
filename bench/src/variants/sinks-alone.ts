import { join } from 'node:path'
import type { ClosableSink } from '@asana-audit/core'
import { fileSink, otlpSink } from '@asana-audit/otlp'
import { type AuditLogEvent, auditResourceAttributes, auditScope, keepAll } from '@asana-audit/schema'
import { writeLogRecord } from '@asana-audit/schema/encoder'
import { asanaHecEvent, hecSink } from '@asana-audit/splunk-hec'
import { Agent } from 'undici'
import { floorPages } from '../floor-pages.ts'
import type { Destination, Setup, Variant } from '../variant.ts'

/**
 * A floor with our formats: GET, JSON.parse, and our sinks, one page after the other. No event is checked, no policy applied, nothing
 * hashed, and no state kept.
 */
export const variant: Variant = (setup) => ({
  async run({ workspace, onEvents }) {
    const dispatcher = new Agent()
    const sinks = (setup.into ?? ['otlp']).map((destination) => sinkTo[destination](setup, workspace))
    const { signal } = new AbortController()
    let events = 0
    for await (const { data } of floorPages<AuditLogEvent>(setup, workspace, dispatcher)) {
      for (const sink of sinks) await sink.write(data, signal)
      events += data.length
      onEvents(data.length)
    }
    await Promise.all([dispatcher.close(), ...sinks.map((sink) => sink.close())])
    return { events }
  },
})

const recordOptions = { fieldPolicy: keepAll }

const asOtlp = (workspace: string) => ({
  resource: auditResourceAttributes({ workspace }),
  scope: auditScope,
  writeRecord: (event: AuditLogEvent, put: Parameters<typeof writeLogRecord>[1]) =>
    writeLogRecord(event, put, recordOptions),
})

const sinkTo: Readonly<
  Record<Destination, (setup: Setup, workspace: string) => ClosableSink<AuditLogEvent>>
> = {
  otlp: ({ otlpUrl: url, compression }, workspace) =>
    otlpSink<AuditLogEvent>({ url, compression, ...asOtlp(workspace) }),
  hec: ({ hecOrigin: url, hecToken: token, compression }, host) =>
    hecSink<AuditLogEvent>({
      ...{ url, token, host, compression },
      toHecEvent: (event) => asanaHecEvent(event, recordOptions),
    }),
  file: ({ folder }, workspace) =>
    fileSink<AuditLogEvent>({ path: join(folder, 'floor.jsonl'), ...asOtlp(workspace) }),
}

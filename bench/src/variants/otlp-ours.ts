import { otlpSink } from '@asana-audit/otlp'
import { type AuditLogEvent, auditResourceAttributes, auditScope } from '@asana-audit/schema'
import { writeLogRecord } from '@asana-audit/schema/encoder'
import { atOnce } from '../at-once.ts'
import { localPages } from '../local-pages.ts'
import type { Variant } from '../variant.ts'

/** From parsed events to the answer of the receiver through our OTLP sink. */
export const variant: Variant = ({ otlpUrl, protocol, compression, inFlight = 1 }) => {
  let pages: AuditLogEvent[][] = []
  const signal = new AbortController().signal
  return {
    prepare({ events }) {
      pages = localPages(events)
    },
    async run({ workspace, events }) {
      const sink = otlpSink<AuditLogEvent>({
        url: otlpUrl,
        protocol: `http/${protocol ?? 'protobuf'}`,
        compression,
        resource: auditResourceAttributes({ workspace }),
        scope: auditScope,
        writeRecord: (event, put) => writeLogRecord(event, put),
      })
      await atOnce(pages, inFlight, (page) => sink.write(page, signal))
      await sink.close()
      return { events }
    },
  }
}

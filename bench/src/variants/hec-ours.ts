import type { AuditLogEvent } from '@asana-audit/schema'
import { asanaHecEvent, hecSink } from '@asana-audit/splunk-hec'
import { atOnce } from '../at-once.ts'
import { localPages } from '../local-pages.ts'
import type { Variant } from '../variant.ts'

/** From parsed events to the answer of the collector through the HEC sink of ours. */
export const variant: Variant = ({ hecOrigin, hecToken, compression, inFlight = 1 }) => {
  let pages: AuditLogEvent[][] = []
  const signal = new AbortController().signal
  return {
    prepare({ events }) {
      pages = localPages(events)
    },
    async run({ workspace, events }) {
      const sink = hecSink({ endpoint: hecOrigin, token: hecToken, host: workspace, compression })
      await atOnce(pages, inFlight, (page) =>
        sink.write(
          page.map((event) => asanaHecEvent(event)),
          signal,
        ),
      )
      await sink.close?.()
      return { events }
    },
  }
}

import type { AuditLogEvent } from '@asana-audit/schema'
import { asanaHecEvent, type HecEvent, hecSink } from '@asana-audit/splunk-hec'
import { atOnce } from '../at-once.ts'
import { localPages } from '../local-pages.ts'
import type { Variant } from '../variant.ts'

/** From parsed events to the answer of the collector through our HEC sink. */
export const variant: Variant = ({ hecOrigin, hecToken, compression, inFlight = 1 }) => {
  let pages: AuditLogEvent[][] = []
  const signal = new AbortController().signal
  return {
    prepare({ events }) {
      pages = localPages(events)
    },
    async run({ workspace, events }) {
      const toHecEvent = (event: AuditLogEvent): HecEvent => asanaHecEvent(event)
      const sink = hecSink({ url: hecOrigin, token: hecToken, host: workspace, compression, toHecEvent })
      await atOnce(pages, inFlight, (page) => sink.write(page, signal))
      await sink.close()
      return { events }
    },
  }
}

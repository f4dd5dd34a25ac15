import type { AuditLogEvent } from '@asana-audit/schema'
import { atOnce } from '../at-once.ts'
import { localPages } from '../local-pages.ts'
import { splunkLogger } from '../splunk-logger.ts'
import type { Variant } from '../variant.ts'

/** `splunk-logging`, with its defaults or in batches of a page. */
export const variant: Variant = (setup) => {
  let pages: AuditLogEvent[][] = []
  return {
    prepare({ events }) {
      pages = localPages(events)
    },
    async run({ workspace, events }) {
      const logger = splunkLogger(setup, workspace)
      await atOnce(pages, setup.inFlight ?? 1, (page) => logger.send(page))
      return { events }
    },
  }
}

import type { AuditLogEvent } from '@asana-audit/schema'
import { atOnce } from '../at-once.ts'
import { localPages } from '../local-pages.ts'
import { directExporter } from '../stock-sdk.ts'
import type { Variant } from '../variant.ts'

/** The official exporter, called directly with each page. */
export const variant: Variant = (setup) => {
  let pages: AuditLogEvent[][] = []
  return {
    prepare({ events }) {
      pages = localPages(events)
    },
    async run({ events }) {
      const exporter = directExporter(setup)
      await atOnce(pages, setup.inFlight ?? 1, (page) => exporter.send(page))
      await exporter.shutdown()
      return { events }
    },
  }
}

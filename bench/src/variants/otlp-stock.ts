import { setImmediate as turn } from 'node:timers/promises'
import type { AuditLogEvent } from '@asana-audit/schema'
import { localPages } from '../local-pages.ts'
import { stockPipeline } from '../stock-sdk.ts'
import type { Variant } from '../variant.ts'

/** LoggerProvider, BatchLogRecordProcessor, OTLPLogExporter. Without `flush` as documented, otherwise with a flush after each page. */
export const variant: Variant = (setup) => {
  let pages: AuditLogEvent[][] = []
  return {
    prepare({ events }) {
      pages = localPages(events)
    },
    async run({ events }) {
      const pipeline = stockPipeline(setup)
      for (const page of pages) {
        pipeline.emit(page)
        await (setup.flush ? pipeline.flush() : turn())
      }
      await pipeline.shutdown()
      return { events }
    },
  }
}

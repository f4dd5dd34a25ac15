import { asanaSdkPages } from '../asana-sdk.ts'
import { stockPipeline } from '../stock-sdk.ts'
import type { Variant } from '../variant.ts'

/** The official Asana SDK into the stock OpenTelemetry SDK. Without `flush` as documented, otherwise with a flush after each page. No state. */
export const variant: Variant = (setup) => ({
  async run({ workspace, onEvents }) {
    const pipeline = stockPipeline(setup)
    let events = 0
    for await (const page of asanaSdkPages(setup, workspace)) {
      pipeline.emit(page)
      if (setup.flush) await pipeline.flush()
      events += page.length
      onEvents(page.length)
    }
    await pipeline.shutdown()
    return { events }
  },
})

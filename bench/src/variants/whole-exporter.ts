import { asanaSdkPages } from '../asana-sdk.ts'
import { directExporter } from '../stock-sdk.ts'
import type { Variant } from '../variant.ts'

/** The official Asana SDK into the official exporter, called directly with each page. No state, and a failure ends it. */
export const variant: Variant = (setup) => ({
  async run({ workspace, onEvents }) {
    const exporter = directExporter(setup)
    let events = 0
    for await (const page of asanaSdkPages(setup, workspace)) {
      await exporter.send(page)
      events += page.length
      onEvents(page.length)
    }
    await exporter.shutdown()
    return { events }
  },
})

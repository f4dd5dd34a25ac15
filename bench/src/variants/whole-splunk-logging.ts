import { asanaSdkPages } from '../asana-sdk.ts'
import { splunkLogger } from '../splunk-logger.ts'
import type { Variant } from '../variant.ts'

/** The official Asana SDK into `splunk-logging`. No state. */
export const variant: Variant = (setup) => ({
  async run({ workspace, onEvents }) {
    const logger = splunkLogger(setup, workspace)
    let events = 0
    for await (const page of asanaSdkPages(setup, workspace)) {
      await logger.send(page)
      events += page.length
      onEvents(page.length)
    }
    return { events }
  },
})

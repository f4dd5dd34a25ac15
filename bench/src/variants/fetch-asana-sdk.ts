import { asanaSdkPages } from '../asana-sdk.ts'
import type { Variant } from '../variant.ts'

/** The official `asana` package. */
export const variant: Variant = (setup) => ({
  async run({ workspace, onEvents }) {
    let events = 0
    for await (const page of asanaSdkPages(setup, workspace)) {
      events += page.length
      onEvents(page.length)
    }
    return { events }
  },
})

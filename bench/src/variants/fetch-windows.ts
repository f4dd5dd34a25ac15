import { asanaBackfill, requestBudget } from '@asana-audit/core'
import type { Variant } from '../variant.ts'

/** The backfill of ours: several windows at once, given out in order, which is checked here. */
export const variant: Variant = (setup) => ({
  async run({ workspace, onEvents }) {
    const { asanaUrl: baseUrl, token, until, limit, windows, requestsPerMinute = 1e6 } = setup
    const budget = requestBudget({ perMinute: requestsPerMinute })
    const source = asanaBackfill({
      ...{ workspace, token, baseUrl, until, limit, windows, budget, once: true, settledWindowMs: 0 },
    })
    let events = 0
    let last = ''
    for await (const batch of source.read()) {
      for (const { gid } of batch.events) {
        // They all have as many digits.
        if (gid <= last) throw new Error(`${gid} came after ${last}`)
        last = gid
      }
      events += batch.events.length
      onEvents(batch.events.length)
    }
    return { events }
  },
})

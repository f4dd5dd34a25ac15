import { asanaBackfill, requestBudget } from '@asana-audit/core'
import type { Variant } from '../variant.ts'

/** Our backfill: it reads several windows at once and yields them in order, which is checked here. */
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
        // All ids have the same number of digits.
        if (gid <= last) throw new Error(`${gid} came after ${last}`)
        last = gid
      }
      events += batch.events.length
      onEvents(batch.events.length)
    }
    return { events }
  },
})

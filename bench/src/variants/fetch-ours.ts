import { asanaSource, requestBudget } from '@asana-audit/core'
import type { Variant } from '../variant.ts'

/** Our source: it checks every event, applies the field policy and keeps the request budget. */
export const variant: Variant = ({ asanaUrl: baseUrl, token, limit, requestsPerMinute = 1e6 }) => ({
  async run({ workspace, onEvents }) {
    const budget = requestBudget({ perMinute: requestsPerMinute })
    const source = asanaSource({ workspace, token, baseUrl, budget, limit, once: true, settledWindowMs: 0 })
    let events = 0
    for await (const batch of source.read()) {
      events += batch.events.length
      onEvents(batch.events.length)
    }
    return { events }
  },
})

import { getAuditLogEvents, httpClient } from '@asana-audit/core'
import type { Variant } from '../variant.ts'

/** Our operation for one page in a loop. Like the SDK it does not check the events. */
export const variant: Variant = ({ asanaUrl, token, limit }) => ({
  async run({ workspace, onEvents }) {
    const http = httpClient()
    let events = 0
    let offset: string | undefined
    for (;;) {
      const page = await getAuditLogEvents({ workspace, token, baseUrl: asanaUrl, http, limit, offset })
      if (page.data.length === 0) break
      events += page.data.length
      onEvents(page.data.length)
      offset = page.offset
    }
    await http.close()
    return { events }
  },
})

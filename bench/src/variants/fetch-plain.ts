import type { Variant } from '../variant.ts'

interface Page {
  readonly data: unknown[]
  readonly next_page: { readonly offset: string } | null
}

/** The `fetch` of Node in a loop, as one can write it in an afternoon. */
export const variant: Variant = ({ asanaUrl, token, limit }) => ({
  async run({ workspace, onEvents }) {
    let events = 0
    const url = new URL(`${asanaUrl}/workspaces/${workspace}/audit_log_events`)
    if (limit !== undefined) url.searchParams.set('limit', String(limit))
    for (;;) {
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
      if (!response.ok) throw new Error(`Asana answered ${response.status}.`)
      const page = (await response.json()) as Page
      if (page.data.length === 0 || !page.next_page) return { events }
      events += page.data.length
      onEvents(page.data.length)
      url.searchParams.set('offset', page.next_page.offset)
    }
  },
})

import { promisify } from 'node:util'
import { gunzipSync, gzip as gzipCallback } from 'node:zlib'
import { Agent, request } from 'undici'
import type { Variant } from '../variant.ts'

interface Page {
  readonly data: unknown[]
  readonly next_page: { readonly offset: string }
}

const gzip = promisify(gzipCallback)

/** GET, JSON.parse, JSON.stringify, POST: the same bytes in and out, one page after the other. */
export const variant: Variant = ({ asanaUrl, token, otlpUrl, compression = 'none', limit = 1000 }) => ({
  async run({ workspace, onEvents }) {
    const dispatcher = new Agent()
    const zipped = compression === 'gzip'
    let events = 0
    for (let offset = ''; ; ) {
      const url = `${asanaUrl}/workspaces/${workspace}/audit_log_events?limit=${limit}${offset}`
      const got = await request(url, {
        dispatcher,
        headers: { authorization: `Bearer ${token}`, ...(zipped && { 'accept-encoding': 'gzip' }) },
      })
      const received = Buffer.from(await got.body.arrayBuffer())
      const text = (zipped ? gunzipSync(received, { chunkSize: 65_536 }) : received).toString()
      const page = JSON.parse(text) as Page
      if (page.data.length === 0) break
      const json = Buffer.from(JSON.stringify(page))
      const posted = await request(otlpUrl, {
        dispatcher,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(zipped && { 'content-encoding': 'gzip' }) },
        body: zipped ? await gzip(json, { level: 1 }) : json,
      })
      await posted.body.dump()
      events += page.data.length
      onEvents(page.data.length)
      offset = `&offset=${page.next_page.offset}`
    }
    await dispatcher.close()
    return { events }
  },
})

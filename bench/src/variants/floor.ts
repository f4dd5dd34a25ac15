import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync, gzip as gzipCallback } from 'node:zlib'
import { Agent, request } from 'undici'
import type { Destination, Setup, Variant } from '../variant.ts'

interface Page {
  readonly data: unknown[]
  readonly next_page: { readonly offset: string }
}

type Send = (page: Page) => Promise<void>

const gzip = promisify(gzipCallback)

/**
 * GET, JSON.parse, JSON.stringify, POST: the same bytes in and out, one page after the other. A page is parsed once for all
 * destinations, and written as JSON for each, because in reality each wants another format.
 */
export const variant: Variant = (setup) => ({
  async run({ workspace, onEvents }) {
    const { asanaUrl, token, compression = 'none', limit = 1000, into = ['otlp'] } = setup
    const dispatcher = new Agent()
    const zipped = compression === 'gzip'
    const sends = into.map((destination) => senders[destination](setup, dispatcher))
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
      for (const send of sends) await send(page)
      events += page.data.length
      onEvents(page.data.length)
      offset = `&offset=${page.next_page.offset}`
    }
    await dispatcher.close()
    return { events }
  },
})

const senders: Readonly<Record<Destination, (setup: Setup, dispatcher: Agent) => Send>> = {
  otlp: (setup, dispatcher) => poster(setup.otlpUrl, setup, dispatcher),
  hec: (setup, dispatcher) => poster(`${setup.hecOrigin}/services/collector/event`, setup, dispatcher),
  file:
    ({ folder }) =>
    async (page) => {
      const file = await open(join(folder, 'floor.json'), 'a')
      await file.appendFile(Buffer.from(JSON.stringify(page)))
      await file.sync()
      await file.close()
    },
}

function poster(url: string, { compression }: Setup, dispatcher: Agent): Send {
  const zipped = compression === 'gzip'
  return async (page) => {
    const json = Buffer.from(JSON.stringify(page))
    const posted = await request(url, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(zipped && { 'content-encoding': 'gzip' }) },
      body: zipped ? await gzip(json, { level: 1 }) : json,
    })
    await posted.body.dump()
  }
}

import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip as gzipCallback } from 'node:zlib'
import { Agent, request } from 'undici'
import { type FloorPage, floorPages } from '../floor-pages.ts'
import type { Destination, Setup, Variant } from '../variant.ts'

type Send = (page: FloorPage) => Promise<void>

const gzip = promisify(gzipCallback)

/**
 * GET, JSON.parse, JSON.stringify, POST: the same bytes in and out, one page after the other. A page is parsed once for all
 * destinations, and written as JSON for each, because in reality each wants another format.
 */
export const variant: Variant = (setup) => ({
  async run({ workspace, onEvents }) {
    const dispatcher = new Agent()
    const sends = (setup.into ?? ['otlp']).map((destination) => senders[destination](setup, dispatcher))
    let events = 0
    for await (const page of floorPages(setup, workspace, dispatcher)) {
      for (const send of sends) await send(page)
      events += page.data.length
      onEvents(page.data.length)
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

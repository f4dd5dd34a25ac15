import { gunzipSync } from 'node:zlib'
import { type Dispatcher, request } from 'undici'
import type { Setup } from './variant.ts'

/** A page as `JSON.parse` reads it. */
export interface FloorPage<E = unknown> {
  readonly data: E[]
  readonly next_page: { readonly offset: string }
}

/** GET and JSON.parse, one page after the other, until one is empty. */
export async function* floorPages<E>(
  { asanaUrl, token, compression = 'none', limit = 1000 }: Setup,
  workspace: string,
  dispatcher: Dispatcher,
): AsyncGenerator<FloorPage<E>> {
  const zipped = compression === 'gzip'
  for (let offset = ''; ; ) {
    const url = `${asanaUrl}/workspaces/${workspace}/audit_log_events?limit=${limit}${offset}`
    const got = await request(url, {
      dispatcher,
      headers: { authorization: `Bearer ${token}`, ...(zipped && { 'accept-encoding': 'gzip' }) },
    })
    const received = Buffer.from(await got.body.arrayBuffer())
    const text = (zipped ? gunzipSync(received, { chunkSize: 65_536 }) : received).toString()
    const page = JSON.parse(text) as FloorPage<E>
    if (page.data.length === 0) return
    yield page
    offset = `&offset=${page.next_page.offset}`
  }
}

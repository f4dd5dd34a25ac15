import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'

export interface FakeLoki {
  readonly url: string
  /** Gids of the events that were taken, in the order of arrival. */
  readonly taken: string[]
  readonly paths: Set<string>
}

/** Takes OTLP over HTTP where Loki does, after it has said 503 so often. Knows events by their gids. */
export async function startLoki(
  gids: ReadonlySet<string>,
  { refusals }: { refusals: number },
): Promise<FakeLoki> {
  const taken: string[] = []
  const paths = new Set<string>()
  let left = refusals
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    paths.add(request.url ?? '')
    left -= 1
    if (left >= 0) {
      response.writeHead(503, { 'retry-after': '0' }).end()
      return
    }
    const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    // Protobuf holds texts as they are, those of one record together; a gid has 16 digits.
    const found = bytes.toString('latin1').match(/\d{16}/g) ?? []
    for (const gid of found) if (gids.has(gid) && taken.at(-1) !== gid) taken.push(gid)
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    paths,
  }
}

import { gunzipSync } from 'node:zlib'
import { listen } from '../../../../test/support/servers/listen.ts'

export interface HecEvent {
  readonly event: Readonly<Record<string, unknown>>
  readonly fields: Readonly<Record<string, unknown>>
}

/** Splunk's HTTP Event Collector, for one test: takes everything, and keeps it in order. */
export async function startHecCollector(): Promise<{ readonly url: string; readonly events: HecEvent[] }> {
  const events: HecEvent[] = []
  const url = await listen(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    for (const line of plain.toString().split('\n')) if (line) events.push(JSON.parse(line) as HecEvent)
    response.end('{"text":"Success","code":0}')
  })
  return { url, events }
}

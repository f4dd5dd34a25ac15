import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type ClosableSink, type HttpClient, httpClient } from '../../packages/core/src/index.ts'
import { otlpSink } from '../../packages/otlp/src/index.ts'
import { pantherSink } from '../../packages/panther-http/src/index.ts'
import { type AuditLogEvent, toLogRecord } from '../../packages/schema/src/index.ts'
import { generateEvents } from '../../packages/simulator/src/index.ts'
import { hecSink } from '../../packages/splunk-hec/src/index.ts'

/** Takes what any of the destinations is sent, and counts connections. */
async function startDestination(): Promise<{ readonly url: string; readonly connections: () => number }> {
  let connections = 0
  const server: Server = createServer((request, response) => {
    request.resume().on('end', () => {
      const type = request.headers['content-type'] ?? ''
      if (type === 'application/x-protobuf') response.writeHead(200, { 'content-type': type }).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"text":"Success","code":0}')
    })
  })
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections }
}

const makers: Readonly<Record<string, (url: string, http: HttpClient) => ClosableSink<unknown>>> = {
  otlp: (url, http) =>
    otlpSink({ url: `${url}/v1/logs`, http, resource: {}, scope: { name: 'test' } }) as ClosableSink<unknown>,
  'splunk-hec': (url, http) => hecSink({ url, token: 'token', http }) as ClosableSink<unknown>,
  'panther-http': (url, http) =>
    pantherSink({ url: `${url}/http/1`, secret: 'secret-of-sixteen', http }) as ClosableSink<unknown>,
}

const time = Date.UTC(2026, 0, 5)
const [event] = generateEvents({ count: 1, from: time - 3_600_000, until: time }) as [AuditLogEvent]
const records: Readonly<Record<string, unknown>> = {
  otlp: toLogRecord(event),
  'splunk-hec': { event: { id: event.gid } },
  'panther-http': event,
}

test.each(Object.keys(makers))(
  'sinks of %s share the connections of one client, and leave it open',
  async (name) => {
    const { url, connections } = await startDestination()
    await using http = httpClient()
    for (let sinks = 0; sinks < 3; sinks += 1) {
      const sink = makers[name]!(url, http)
      await sink.write([records[name]], new AbortController().signal)
      await sink.close()
    }
    expect(connections()).toBe(1)
  },
)

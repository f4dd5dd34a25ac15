import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { type DecodedLogs, decodeJson, decodeProtobuf } from './decoded-logs.ts'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The body as it was sent, compressed or not. */
  readonly body: Buffer
  readonly logs: DecodedLogs
}

export interface Receiver {
  /** The address; it ends in /v1/logs. */
  readonly url: string
  readonly requests: Received[]
  /** The `log.record.uid` of all records of all requests, in order. */
  uids(): unknown[]
}

/** An OTLP receiver on a free port for one test. `answer` is called when a request is complete; by default it sends 200 without a body. */
export async function startReceiver(
  answer: (response: ServerResponse, request: Received, count: number) => void = (response) => response.end(),
): Promise<Receiver> {
  const requests: Received[] = []
  const server = createServer((request, response) => {
    void collect(request).then((body) => {
      const received = decode(request, body)
      requests.push(received)
      answer(response, received, requests.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1/logs`,
    requests,
    uids: () =>
      requests.flatMap(({ logs }) =>
        logs.records.map(({ attributes }) => attributes.find(([key]) => key === 'log.record.uid')?.[1]),
      ),
  }
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function decode(request: IncomingMessage, body: Buffer): Received {
  const { method = '', url: path = '', headers } = request
  const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
  const logs = headers['content-type'] === 'application/json' ? decodeJson(plain) : decodeProtobuf(plain)
  return { method, path, headers, body, logs }
}

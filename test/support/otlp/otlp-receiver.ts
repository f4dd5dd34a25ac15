import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { listen, type Tls } from '../servers/listen.ts'
import { logsFromJson, logsFromProtobuf, type ReceivedLog } from './otlp-reader.ts'

export interface SeenExport {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly logs: readonly ReceivedLog[]
}

export interface OtlpReceiverOptions {
  /** Answers in another way and returns true; what was in the request then does not count as received. */
  readonly instead?: ((response: ServerResponse, seen: SeenExport, request: number) => boolean) | undefined
  readonly tls?: Tls | undefined
}

export interface OtlpReceiver {
  readonly origin: string
  readonly requests: SeenExport[]
  /** What has been accepted, write by write. */
  readonly accepted: (readonly ReceivedLog[])[]
  /** The environment of a command that writes to here. */
  readonly env: Readonly<Record<string, string>>
}

/** An OTLP/HTTP receiver of logs, https://opentelemetry.io/docs/specs/otlp/#otlphttp. */
export async function startReceiver(options: OtlpReceiverOptions = {}): Promise<OtlpReceiver> {
  const { instead } = options
  const requests: SeenExport[] = []
  const accepted: (readonly ReceivedLog[])[] = []

  function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const { method, url: path = '', headers } = request
    const type = headers['content-type'] ?? ''
    const read = type === 'application/json' ? logsFromJson : logsFromProtobuf
    if (method !== 'POST' || path !== '/v1/logs') return void response.writeHead(404).end()
    if (!['application/json', 'application/x-protobuf'].includes(type))
      return void response.writeHead(415).end()
    const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    const seen = { path, headers, logs: read(plain) }
    const number = requests.push(seen) - 1
    if (instead?.(response, seen, number)) return
    accepted.push(seen.logs)
    response.writeHead(200, { 'content-type': type })
    response.end(type === 'application/json' ? '{"partialSuccess":{}}' : '')
  }

  const origin = await listen((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      try {
        answer(request, response, Buffer.concat(chunks))
      } catch (error) {
        // What this receiver cannot read is a failure of the test, told in the body.
        response
          .writeHead(400, { 'content-type': 'text/plain' })
          .end(`unreadable: ${(error as Error).message}`)
      }
    })
  }, options.tls)
  return { origin, requests, accepted, env: { OTEL_EXPORTER_OTLP_ENDPOINT: origin } }
}

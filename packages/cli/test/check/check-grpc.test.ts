import { createServer, type RequestListener, request, type Server } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Certificate, certificate } from '../../../core/test/support/certificates.ts'
import { frame, type GrpcCall, startGrpcServer } from '../../../otlp/test/support/grpc-server.ts'
import { checkDestination, type Finding } from '../../src/check/checks.ts'
import { readSettings } from '../../src/config/read-settings.ts'

let tls: Certificate
beforeAll(async () => {
  tls = await certificate()
})

async function checked(endpoint: string): Promise<Finding> {
  const env = {
    ASANA_TOKEN: 't',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_INSECURE: 'true',
  }
  const reading = await readSettings({ to: ['otlp'], workspace: '1' }, env)
  const [pipeline] = 'settings' in reading ? reading.settings.pipelines : []
  if (!pipeline) throw new Error(JSON.stringify(reading))
  return await checkDestination(pipeline)
}

/** Speaks HTTP/1 only, as a receiver on the port for HTTP or a proxy. */
async function startHttp1(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `localhost:${(server.address() as AddressInfo).port}`
}
const page: RequestListener = (_, response) => response.writeHead(404).end()

const hostOf = ({ url }: { readonly url: string }): string =>
  new URL(url).host.replace('127.0.0.1', 'localhost')

test('a receiver of gRPC is found, also by an endpoint without http://', async () => {
  const server = await startGrpcServer((call) => call.ok())
  for (const endpoint of [server.url, hostOf(server)]) {
    expect(await checked(endpoint)).toMatchObject({ ok: true, message: expect.stringContaining('OTLP/gRPC') })
  }
})

test('a server that speaks HTTP/1 only is named, with the port to look for', async () => {
  const said = /speaks no HTTP\/2, which gRPC needs.*4317.*http\/protobuf.*proxy/
  const plain = await startHttp1(createServer(page))
  const found = { ok: false, code: 'no_http2', message: expect.stringMatching(said) }
  expect(await checked(`http://${plain}`)).toMatchObject(found)
})

test('TLS against plain text is named, both ways', async () => {
  const plain = await startGrpcServer((call) => call.ok())
  expect(await checked(`https://${hostOf(plain)}`)).toMatchObject({
    ok: false,
    message: expect.stringMatching(/does not speak TLS.*write http:\/\//),
  })
  for (const host of [
    hostOf(await startGrpcServer((call) => call.ok(), tls)),
    await startHttp1(createTlsServer(tls, page)),
  ]) {
    expect(await checked(`http://${host}`)).toMatchObject({
      ok: false,
      message: expect.stringMatching(/If that port is for TLS, write https:\/\//),
    })
  }
})

test.each<[string, (call: GrpcCall) => void, RegExp]>([
  [
    'that drops the trailers',
    ({ stream }) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
      stream.end(frame(new Uint8Array()))
    },
    /drops the trailers of gRPC, as one does that speaks HTTP\/1 to the receiver/,
  ],
  [
    'that cannot speak HTTP/1 to the receiver',
    ({ stream }) => {
      stream.respond({ ':status': 502, 'content-type': 'text/html' })
      stream.end('<html><h1>502 Bad Gateway</h1></html>')
    },
    /answered 502\. That is an answer of HTTP, not of gRPC.*proxy in between passes gRPC on/,
  ],
])('a proxy in between %s is named', async (_, answer, said) => {
  const proxy = await startGrpcServer(answer)
  expect(await checked(proxy.url)).toMatchObject({ ok: false, message: expect.stringMatching(said) })
})

/** Takes HTTP/2, and speaks HTTP/1 to what is behind it: a proxy that was not set up for gRPC. */
async function startOldProxy(behind: string): Promise<string> {
  const server = createHttp2Server()
  server.on('stream', (stream, headers) => {
    const badGateway = () => {
      if (stream.headersSent) return
      stream.respond({ ':status': 502, 'content-type': 'text/html' })
      stream.end('<html><h1>502 Bad Gateway</h1></html>')
    }
    const on = { method: 'POST', headers: { 'content-type': headers['content-type'] } }
    const passed = request(new URL(String(headers[':path']), behind), on, (answer) => {
      stream.respond({ ':status': answer.statusCode })
      answer.pipe(stream)
    })
    passed.on('error', badGateway)
    stream.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a proxy that speaks HTTP/1 to a receiver of gRPC is named', async () => {
  const receiver = await startGrpcServer((call) => call.ok())
  expect(await checked(await startOldProxy(receiver.url))).toMatchObject({
    ok: false,
    message: expect.stringMatching(
      /answered 502\. That is an answer of HTTP.*proxy in between passes gRPC on/,
    ),
  })
})

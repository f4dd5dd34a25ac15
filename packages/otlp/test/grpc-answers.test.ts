import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { FaultShape, Sink } from '@asana-audit/core'
import type { AuditLogRecord } from '@asana-audit/schema'
import { describe, expect, onTestFinished, test } from 'vitest'
import { neverAborted } from '../../jsonl/test/support/never-aborted.ts'
import { type OtlpSinkOptions, otlpSink, type SinkWarning } from '../src/index.ts'
import { faultOf } from './support/fault-of.ts'
import { frame, type GrpcCall, type GrpcServer, startGrpcServer } from './support/grpc-server.ts'
import { origin, records } from './support/records.ts'

const secret = 'tok-3n-5eCr3t'
const headers = { authorization: `Bearer ${secret}` }

function sinkFor(
  { url }: Pick<GrpcServer, 'url'>,
  options: Partial<OtlpSinkOptions> = {},
): Sink<AuditLogRecord> {
  const sink = otlpSink({ ...origin, url, protocol: 'grpc', headers, ...options })
  onTestFinished(() => sink.close?.())
  return sink
}

type Answer = (call: GrpcCall) => void

/** An answer with these bytes as body, and these trailers. */
const raw =
  (
    body: Uint8Array,
    trailers: Record<string, string> = {},
    more: Record<string, string | number> = {},
  ): Answer =>
  ({ stream }) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...more }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers(trailers))
    stream.end(body)
  }
const ok = { 'grpc-status': '0' }
/** The same message with a field that later versions may add. */
const withNewField = Buffer.from('0a001001', 'hex')

describe('a write is accepted', () => {
  const accepted: [string, Answer][] = [
    ['with an empty message', (call) => call.ok()],
    ['with an empty partial success', (call) => call.ok(Buffer.from('0a00', 'hex'))],
    ['with no record rejected', (call) => call.ok(Buffer.from('0a020800', 'hex'))],
    ['with an unknown field', (call) => call.ok(withNewField)],
    ['with gzip', raw(frame(gzipSync(Buffer.from('0a00', 'hex')), true), ok, { 'grpc-encoding': 'gzip' })],
    [
      'with zstd',
      raw(frame(zstdCompressSync(Buffer.from('0a00', 'hex')), true), ok, { 'grpc-encoding': 'zstd' }),
    ],
  ]
  test.each(accepted)('%s', async (_, answering) => {
    await sinkFor(await startGrpcServer(answering)).write(records(2), neverAborted)
  })

  test('with a message, which onWarning receives', async () => {
    const said = Buffer.from(`slow down, ${secret}`)
    const partial = Buffer.concat([Buffer.from([0x0a, said.length + 2, 0x12, said.length]), said])
    const warnings: SinkWarning[] = []
    const server = await startGrpcServer((call) => call.ok(partial))
    await sinkFor(server, { onWarning: (warning) => warnings.push(warning) }).write(records(1), neverAborted)
    expect(warnings.map(({ code }) => code)).toEqual(['receiver_message'])
    expect(warnings[0]!.message).toContain('says: slow down, [redacted]')
  })
})

describe('a write is not accepted', () => {
  const notAReceiver: FaultShape = { fault: 'temporary', code: 'not_a_receiver' }
  const badData: FaultShape = { fault: 'rejected', code: 'bad_data', at: 'none-taken', affected: 3 }
  const tooLarge: FaultShape = { fault: 'rejected', code: 'too_large', at: 'none-taken', affected: 3 }
  const unavailable: FaultShape = { fault: 'temporary', code: 'unavailable' }
  const isolated: FaultShape = { fault: 'temporary', code: 'server_error', isolateAfter: 8 }
  const fails =
    (code: number, message?: string): Answer =>
    (call) =>
      call.fail(code, message)
  const page = '<!doctype html><title>Log in</title>'
  const http =
    (status: number, body = '', type = 'text/html'): Answer =>
    ({ stream }) => {
      stream.respond({ ':status': status, 'content-type': type })
      stream.end(body)
    }
  const cases: [string, Answer, FaultShape][] = [
    ['CANCELLED', fails(1), { fault: 'temporary', code: 'request_timeout' }],
    ['UNKNOWN', fails(2), isolated],
    ['INVALID_ARGUMENT', fails(3), badData],
    ['DEADLINE_EXCEEDED', fails(4), { fault: 'temporary', code: 'request_timeout' }],
    ['NOT_FOUND', fails(5), { fault: 'fatal', code: 'not_found' }],
    ['ALREADY_EXISTS', fails(6), { fault: 'fatal', code: 'unexpected_status' }],
    ['PERMISSION_DENIED', fails(7), { fault: 'fatal', code: 'forbidden' }],
    ['RESOURCE_EXHAUSTED', fails(8, 'quota'), { fault: 'temporary', code: 'rate_limited', isolateAfter: 8 }],
    ['FAILED_PRECONDITION', fails(9), { fault: 'fatal', code: 'unexpected_status' }],
    ['ABORTED', fails(10), unavailable],
    ['OUT_OF_RANGE', fails(11), unavailable],
    ['UNIMPLEMENTED', fails(12, 'unknown service'), { fault: 'fatal', code: 'not_found' }],
    ['INTERNAL', fails(13), isolated],
    ['UNAVAILABLE', fails(14), unavailable],
    ['DATA_LOSS', fails(15), unavailable],
    ['UNAUTHENTICATED', fails(16), { fault: 'fatal', code: 'unauthorized' }],
    ['a status of the future', fails(99), isolated],
    ['too large, in Go and C++', fails(8, 'grpc: received message larger than max (5 vs. 4)'), tooLarge],
    ['too large, in Java', fails(8, 'gRPC message exceeds maximum size 4: 5'), tooLarge],
    [
      'too large, in .NET',
      fails(8, 'Received message exceeds the maximum configured message size.'),
      tooLarge,
    ],
    [
      'too large, in Rust',
      fails(11, 'Error, decoded message length too large: found 5 bytes, the limit is: 4 bytes'),
      tooLarge,
    ],
    [
      'an unknown compression, in Go',
      fails(12, 'grpc: Decompressor is not installed for grpc-encoding "zstd"'),
      { fault: 'fatal', code: 'unsupported_media_type' },
    ],
    [
      'a part',
      (call) => call.ok(Buffer.from('0a020802', 'hex')),
      { fault: 'rejected', code: 'partial_success', at: 'some-taken', affected: 3 },
    ],
    ['OK without a message', (call) => call.fail(0), notAReceiver],
    [
      'OK with a frame whose message is missing',
      raw(frame(Buffer.from('0a020802', 'hex')).subarray(0, 5), ok),
      notAReceiver,
    ],
    ['OK with half a message', raw(frame(Buffer.from('0a020800', 'hex')).subarray(0, 7), ok), notAReceiver],
    [
      'OK with two messages',
      raw(Buffer.concat([frame(new Uint8Array()), frame(new Uint8Array())]), ok),
      notAReceiver,
    ],
    ['OK with a message of another kind', raw(frame(Buffer.from('Hi')), ok), notAReceiver],
    [
      'OK with damaged gzip',
      raw(frame(Buffer.from('no gzip'), true), ok, { 'grpc-encoding': 'gzip' }),
      notAReceiver,
    ],
    [
      'OK with an unknown compression',
      raw(frame(Buffer.from('x'), true), ok, { 'grpc-encoding': 'br' }),
      notAReceiver,
    ],
    [
      'a message without a status: a proxy has dropped the trailers',
      raw(frame(new Uint8Array())),
      notAReceiver,
    ],
    ['a status that is no number', raw(frame(new Uint8Array()), { 'grpc-status': 'fine' }), notAReceiver],
    ['a web page', http(200, page), notAReceiver],
    ['a redirect', http(302), { fault: 'fatal', code: 'redirected' }],
    ['401 of a proxy', http(401), { fault: 'fatal', code: 'unauthorized' }],
    ['404 of a web server', http(404, page), { fault: 'fatal', code: 'not_found' }],
    [
      '415',
      http(415, 'invalid gRPC request content-type', 'text/plain'),
      { fault: 'fatal', code: 'unsupported_media_type' },
    ],
    ['502 of a proxy', http(502, page), unavailable],
    ['503 of a proxy', http(503, page), unavailable],
    [
      'a cut connection',
      ({ stream }) => stream.session?.destroy(),
      { fault: 'temporary', code: 'connection_lost' },
    ],
    ['a reset stream', ({ stream }) => stream.close(2), { fault: 'temporary', code: 'connection_lost' }],
  ]
  test.each(cases)('for %s', async (_, answering, expected) => {
    const server = await startGrpcServer(answering)
    const { name, message, cause, stack, ...found } = await faultOf(
      sinkFor(server).write(records(3), neverAborted),
    )
    expect(found).toEqual({ ...expected, accepted: 0 })
    expect(message).not.toContain(secret)
  })

  test('by a receiver that never answers', async () => {
    const server = await startGrpcServer(() => undefined)
    const found = await faultOf(sinkFor(server, { timeoutMs: 100 }).write(records(1), neverAborted))
    expect(found).toMatchObject({ fault: 'temporary', code: 'timeout', accepted: 0 })
  })

  test.each([
    [
      'an answer of HTTP',
      http(502),
      /answered 502\. That is an answer of HTTP, not of gRPC: check the port.*proxy/,
    ],
    [
      'trailers that are missing',
      raw(frame(new Uint8Array())),
      /nothing counts as delivered.*drops the trailers/,
    ],
    ['a service that is missing', fails(12), /UNIMPLEMENTED \(12\)\. .*4317/],
  ] as [string, Answer, RegExp][])(
    'and the message names the next step for %s',
    async (_, answering, said) => {
      const server = await startGrpcServer(answering)
      expect((await faultOf(sinkFor(server).write(records(1), neverAborted))).message).toMatch(said)
    },
  )
})

describe('RetryInfo', () => {
  const field = (number: number, bytes: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes])
  const detail = (type: string, value: Uint8Array): Buffer =>
    field(3, Buffer.concat([field(1, Buffer.from(`type.googleapis.com/${type}`)), field(2, value)]))
  const status = (...details: Buffer[]): Record<string, string> => ({
    'grpc-status-details-bin': Buffer.concat([Buffer.from([0x08, 8]), ...details])
      .toString('base64')
      .replace(/=+$/, ''),
  })
  /** 7 s and 500 ms. */
  const delay = field(1, Buffer.from([0x08, 7, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01]))
  const found = async (code: number, more: Record<string, string>): Promise<object> => {
    const server = await startGrpcServer((call) => call.fail(code, 'received message larger than max', more))
    return await faultOf(sinkFor(server).write(records(1), neverAborted))
  }

  test.each([
    [8, 'rate_limited'],
    [14, 'unavailable'],
  ])('of the status %i is in the fault, in milliseconds', async (code, name) => {
    const other = detail('google.rpc.DebugInfo', Buffer.from('x'))
    const fault = await found(code, status(other, detail('google.rpc.RetryInfo', delay)))
    expect(fault).toMatchObject({ fault: 'temporary', code: name, retryAfterMs: 7_500 })
  })

  test('without a delay asks for none', async () => {
    const fault = await found(8, status(detail('google.rpc.RetryInfo', new Uint8Array())))
    expect(fault).toMatchObject({ fault: 'temporary', retryAfterMs: 0 })
  })

  test('is left out of a fault that waiting does not end', async () => {
    expect(await found(16, status(detail('google.rpc.RetryInfo', delay)))).not.toHaveProperty('retryAfterMs')
  })

  test.each(['', '!!!', 'CAg'])('that cannot be read (%j) is none', async (bytes) => {
    const fault = await found(14, { 'grpc-status-details-bin': bytes })
    expect(fault).toMatchObject({ code: 'unavailable' })
    expect(fault).not.toHaveProperty('retryAfterMs')
  })
})

test('the message of the receiver about a refusal is decoded, cut and quoted without our token', async () => {
  const server = await startGrpcServer((call) => call.fail(3, `Größe\n${secret} 100%`))
  const { message } = await faultOf(sinkFor(server).write(records(1), neverAborted))
  expect(message).toBe(
    `${server.url} answered INVALID_ARGUMENT (3). It cannot read a part of this request. It says: "Größe [redacted] 100%".`,
  )
})

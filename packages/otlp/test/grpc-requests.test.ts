import { httpClient, type Sink } from '@asana-audit/core'
import type { AuditLogRecord } from '@asana-audit/schema'
import { describe, expect, onTestFinished, test } from 'vitest'
import { authority, certificate } from '../../core/test/support/certificates.ts'
import { neverAborted } from '../../jsonl/test/support/never-aborted.ts'
import { type OtlpSinkOptions, otlpSink } from '../src/index.ts'
import { metricsSender } from '../src/metrics.ts'
import { tracesSender } from '../src/traces.ts'
import { decodeProtobuf } from './support/decoded-logs.ts'
import { faultOf } from './support/fault-of.ts'
import { type GrpcCall, type GrpcServer, startGrpcServer } from './support/grpc-server.ts'
import { origin, records } from './support/records.ts'

function sinkFor(
  { url }: Pick<GrpcServer, 'url'>,
  options: Partial<OtlpSinkOptions> = {},
): Sink<AuditLogRecord> {
  const sink = otlpSink({ ...origin, url, protocol: 'grpc', ...options })
  onTestFinished(() => sink.close?.())
  return sink
}

function uidsIn({ message }: GrpcCall): unknown[] {
  return decodeProtobuf(message).records.map(
    ({ attributes }) => attributes.find(([key]) => key === 'log.record.uid')?.[1],
  )
}

/** A server that accepts all, and what it was sent. */
async function startReceiver(tls?: Parameters<typeof startGrpcServer>[1]) {
  const calls: GrpcCall[] = []
  const server = await startGrpcServer((call) => {
    calls.push(call)
    call.ok()
  }, tls)
  return { ...server, calls, uids: () => calls.flatMap(uidsIn) }
}

describe('a request', () => {
  test('is a call of the service of logs, with a deadline and our headers', async () => {
    const receiver = await startReceiver()
    await sinkFor(receiver, { headers: { 'X-Api-Key': 'k' }, timeoutMs: 7_000 }).write(
      records(2),
      neverAborted,
    )
    expect(receiver.calls[0]).toMatchObject({
      path: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
      headers: {
        ':method': 'POST',
        'content-type': 'application/grpc',
        te: 'trailers',
        'grpc-timeout': '7000m',
        'grpc-encoding': 'gzip',
        'x-api-key': 'k',
      },
    })
    expect(receiver.uids()).toEqual(['0', '1'])
  })

  test.each(['none', 'gzip', 'zstd'] as const)('may have the compression %s', async (compression) => {
    const receiver = await startReceiver()
    await sinkFor(receiver, { compression }).write(records(2), neverAborted)
    expect(receiver.calls[0]?.headers['grpc-encoding']).toBe(compression === 'none' ? undefined : compression)
    expect(receiver.uids()).toEqual(['0', '1'])
  })

  test('with a deadline of many days has it in seconds', async () => {
    const receiver = await startReceiver()
    await sinkFor(receiver, { timeoutMs: 2_000_000_000 }).write(records(1), neverAborted)
    expect(receiver.calls[0]?.headers['grpc-timeout']).toBe('2000000S')
  })

  test('goes over TLS, with a client certificate', async () => {
    const ca = await authority('Test authority')
    const own = await certificate({ issuer: ca, name: 'client' })
    const tls = {
      ...(await certificate({ issuer: ca })),
      ca: ca.cert,
      requestCert: true,
      rejectUnauthorized: true,
    }
    const receiver = await startReceiver(tls)
    await sinkFor(receiver, { ca: ca.cert, ...own }).write(records(2), neverAborted)
    expect(receiver.uids()).toEqual(['0', '1'])
    const found = await faultOf(sinkFor(receiver, { ca: ca.cert }).write(records(1), neverAborted))
    expect(['tls', 'connection_lost']).toContain(found.code)
  })

  test('of metrics or spans goes to their service', async () => {
    const receiver = await startReceiver()
    const settings = {
      ...{ url: receiver.url, headers: {}, secretHeaders: undefined, secondHeaders: undefined },
      ...({
        protocol: 'grpc',
        compression: undefined,
        timeoutMs: undefined,
        credentials: undefined,
      } as const),
    }
    const metrics = metricsSender(settings)
    await metrics.send(metrics.encode({ resourceMetrics: [] }))
    await metrics.close()
    const traces = tracesSender(settings)
    await traces.send(traces.encode({ resourceSpans: [] }))
    await traces.close()
    expect(receiver.calls.map(({ path }) => path)).toEqual([
      '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    ])
  })
})

describe('secret headers', () => {
  test('that are refused give way to the second ones at once', async () => {
    const seen: unknown[] = []
    const server = await startGrpcServer((call) => {
      seen.push(call.headers['x-key'])
      if (call.headers['x-key'] === 'new') call.ok()
      else call.fail(16)
    })
    const sink = sinkFor(server, { secretHeaders: 'x-key=old', secondHeaders: 'x-key=new' })
    await sink.write(records(1), neverAborted)
    expect(seen).toEqual(['old', 'new'])
  })
})

describe('a write', () => {
  test('of many records is several requests in order, on one connection', async () => {
    const receiver = await startReceiver()
    await sinkFor(receiver, { maxRecords: 10 }).write(records(35), neverAborted)
    expect(receiver.calls.map((call) => uidsIn(call).length)).toEqual([10, 10, 10, 5])
    expect(receiver.uids()).toEqual(records(35).map((_, index) => String(index)))
    expect(receiver.connections()).toBe(1)
  })

  test('that fails in its middle says how many records were accepted', async () => {
    let count = 0
    const server = await startGrpcServer((call) => (++count === 3 ? call.fail(14) : call.ok()))
    const found = await faultOf(sinkFor(server, { maxRecords: 10 }).write(records(35), neverAborted))
    expect(found).toMatchObject({ code: 'unavailable', accepted: 20 })
  })

  test('ends with the given reason when it is aborted', async () => {
    const abort = new AbortController()
    const reason = new Error('stop requested')
    const server = await startGrpcServer(() => abort.abort(reason))
    await expect(sinkFor(server).write(records(1), abort.signal)).rejects.toBe(reason)
  })
})

test('sinks with one client share its connection, and leave it open', async () => {
  const receiver = await startReceiver()
  await using http = httpClient()
  for (let sinks = 0; sinks < 3; sinks += 1) {
    await using sink = otlpSink({ ...origin, url: receiver.url, protocol: 'grpc', http })
    await sink.write(records(1), neverAborted)
  }
  expect(receiver.calls).toHaveLength(3)
  expect(receiver.connections()).toBe(1)
})

test('probe sends a request without records', async () => {
  const receiver = await startReceiver()
  const sink = otlpSink({ ...origin, url: receiver.url, protocol: 'grpc' })
  await sink.probe()
  await sink.close()
  expect(receiver.calls).toHaveLength(1)
  expect(receiver.uids()).toEqual([])
})

test.each(['http://localhost:4317/v1/logs', 'http://localhost:4317?a=b', 'localhost:4317', 'grpc://host'])(
  'the URL %j is refused when the sink is created',
  (url) => {
    expect(() => otlpSink({ ...origin, url, protocol: 'grpc' })).toThrow(/http:\/\/localhost:4317/)
  },
)

import type { Sink } from '@asana-audit/core'
import type { AttributeValue, AuditLogRecord } from '@asana-audit/schema'
import { describe, expect, onTestFinished, test } from 'vitest'
import { neverAborted } from '../../jsonl/test/support/never-aborted.ts'
import { putRecord, type WriteRecord } from '../src/encoding.ts'
import { type OtlpSinkOptions, otlpSink } from '../src/index.ts'
import { faultOf } from './support/fault-of.ts'
import { type Receiver, startReceiver } from './support/receiver.ts'
import { origin, record, records } from './support/records.ts'

function sinkFor(
  receiver: Pick<Receiver, 'url'>,
  options: Partial<OtlpSinkOptions> = {},
): Sink<AuditLogRecord> {
  const sink = otlpSink({ ...origin, url: receiver.url, ...options })
  onTestFinished(() => sink.close?.())
  return sink
}

const sizes = (receiver: Receiver): number[] => receiver.requests.map(({ logs }) => logs.records.length)

describe('a request', () => {
  test('is protobuf with gzip by default', async () => {
    const receiver = await startReceiver()
    await sinkFor(receiver, { headers: { 'X-Api-Key': 'k' } }).write(records(2), neverAborted)
    const [request] = receiver.requests
    expect(request).toMatchObject({
      method: 'POST',
      path: '/v1/logs',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'gzip',
        'content-length': String(request!.body.length),
        'x-api-key': 'k',
      },
      logs: { scope: origin.scope },
    })
    expect(receiver.uids()).toEqual(['0', '1'])
  })

  test('can be JSON without compression', async () => {
    const receiver = await startReceiver()
    await sinkFor(receiver, { protocol: 'http/json', compression: 'none' }).write(records(2), neverAborted)
    const [request] = receiver.requests
    expect(request!.headers['content-type']).toBe('application/json')
    expect(request!.headers).not.toHaveProperty('content-encoding')
    expect(JSON.parse(request!.body.toString())).toHaveProperty('resourceLogs')
    expect(receiver.uids()).toEqual(['0', '1'])
  })

  test('goes to the whole URL with its query', async () => {
    const receiver = await startReceiver()
    await sinkFor({ url: `${receiver.url}/custom?tenant=a` }).write(records(1), neverAborted)
    expect(receiver.requests[0]!.path).toBe('/v1/logs/custom?tenant=a')
  })
})

describe('a sink with a writer of records of its own', () => {
  test('sends the record of each item', async () => {
    const receiver = await startReceiver()
    const writeRecord: WriteRecord<string> = (gid, put) => putRecord(record(gid), put)
    const sink = otlpSink({ ...origin, url: receiver.url, writeRecord })
    onTestFinished(() => sink.close?.())
    await sink.write(['a', 'b'], neverAborted)
    expect(receiver.uids()).toEqual(['a', 'b'])
  })

  test('rejects an item that it cannot write by its place, after it sent those before it', async () => {
    const receiver = await startReceiver()
    const writeRecord: WriteRecord<string> = (gid, put) => {
      put('x', gid)
      if (gid === 'bad') throw new TypeError('no such thing')
      return putRecord(record(gid), put)
    }
    const sink = otlpSink({ ...origin, url: receiver.url, writeRecord })
    onTestFinished(() => sink.close?.())
    expect(await faultOf(sink.write(['a', 'bad', 'b'], neverAborted))).toMatchObject({
      fault: 'rejected',
      code: 'unencodable',
      at: 1,
      accepted: 1,
    })
    expect(receiver.uids()).toEqual(['a'])
  })
})

describe('a write is split', () => {
  test('at 1,000 records', async () => {
    const receiver = await startReceiver()
    await sinkFor(receiver).write(records(2500), neverAborted)
    expect(sizes(receiver)).toEqual([1000, 1000, 500])
    expect(receiver.uids()).toEqual(records(2500).map((_, i) => String(i)))
  })

  test.each(['http/protobuf', 'http/json'] as const)(
    'by its size before compression, in %s',
    async (protocol) => {
      const receiver = await startReceiver()
      const maxBytes = 10_000
      const large = Array.from({ length: 50 }, (_, i) => record(String(i), { pad: 'é'.repeat(i * 20) }))
      await sinkFor(receiver, { protocol, maxBytes, compression: 'none' }).write(large, neverAborted)
      const bytes = receiver.requests.map(({ body }) => body.length)
      expect(Math.max(...bytes)).toBeLessThanOrEqual(maxBytes)
      // Two neighbours would not fit into one request.
      for (let i = 1; i < bytes.length; i++) expect(bytes[i - 1]! + bytes[i]!).toBeGreaterThan(maxBytes)
      expect(receiver.uids()).toEqual(large.map((_, i) => String(i)))
    },
  )

  test('at 4 MiB by default', async () => {
    const receiver = await startReceiver()
    const large = Array.from({ length: 6 }, (_, i) => record(String(i), { pad: 'x'.repeat(1_500_000) }))
    await sinkFor(receiver).write(large, neverAborted)
    expect(sizes(receiver)).toEqual([2, 2, 2])
  })

  test('so that a record over the limit has its own request', async () => {
    const receiver = await startReceiver()
    const write = [record('a'), record('b', { pad: 'x'.repeat(5000) }), record('c')]
    await sinkFor(receiver, { maxBytes: 2000 }).write(write, neverAborted)
    expect(sizes(receiver)).toEqual([1, 1, 1])
    expect(receiver.uids()).toEqual(['a', 'b', 'c'])
  })
})

describe('the first fault', () => {
  test('ends the write, and says how many records before it were accepted', async () => {
    const receiver = await startReceiver((response, _, count) => {
      response.writeHead(count === 2 ? 400 : 200).end()
    })
    const found = await faultOf(sinkFor(receiver, { maxRecords: 10 }).write(records(35), neverAborted))
    expect(found).toMatchObject({ code: 'bad_data', at: 'none-taken', accepted: 10, affected: 10 })
    expect(receiver.requests).toHaveLength(2)
  })

  test('may be temporary, and says so too', async () => {
    const receiver = await startReceiver((response, _, count) => {
      response.writeHead(count === 4 ? 503 : 200).end()
    })
    const found = await faultOf(sinkFor(receiver, { maxRecords: 10 }).write(records(35), neverAborted))
    expect(found).toMatchObject({ code: 'unavailable', accepted: 30 })
  })

  test('may be a record that cannot be encoded: everything before it is sent first', async () => {
    const receiver = await startReceiver()
    const write = records(5)
    write[3] = { ...record('3'), timestamp: [-1, 0] }
    const found = await faultOf(sinkFor(receiver).write(write, neverAborted))
    expect(found).toMatchObject({ fault: 'rejected', code: 'unencodable', at: 3, accepted: 3 })
    expect(receiver.uids()).toEqual(['0', '1', '2'])
  })

  test.each([{ gid: '1', event_type: 'user_login_failed' }, 'text', { attributes: null }])(
    'may be no record: %j has no attributes, and the message names the function that makes records',
    async (item) => {
      const receiver = await startReceiver()
      const found = await faultOf(sinkFor(receiver).write([item as never], neverAborted))
      expect(found).toMatchObject({ fault: 'rejected', code: 'unencodable', at: 0 })
      expect(found.message).toBe(
        'The record cannot be written as OTLP: it has no attributes; toLogRecord of @asana-audit/schema makes records of events.',
      )
    },
  )

  test.each(['http/protobuf', 'http/json'] as const)(
    'may be a record nested too deep for %s',
    async (protocol) => {
      const receiver = await startReceiver()
      let nested: AttributeValue = 'bottom'
      for (let depth = 0; depth < 200_000; depth++) nested = [nested]
      const write = [record('a'), record('b', { nested }), record('c')]
      const found = await faultOf(sinkFor(receiver, { protocol }).write(write, neverAborted))
      expect(found).toMatchObject({ fault: 'rejected', code: 'unencodable', at: 1 })
      expect(receiver.uids()).toEqual(['a'])
    },
  )
})

describe('abort', () => {
  test('ends a running request with the given reason', async () => {
    const abort = new AbortController()
    const reason = new Error('stop requested')
    const receiver = await startReceiver(() => abort.abort(reason))
    await expect(sinkFor(receiver).write(records(1), abort.signal)).rejects.toBe(reason)
  })

  test('sends nothing if it came first', async () => {
    const receiver = await startReceiver()
    const reason = new Error('stop requested')
    await expect(sinkFor(receiver).write(records(1), AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(receiver.requests).toEqual([])
  })
})

describe('options that cannot work are refused when the sink is created', () => {
  test.each(['localhost:4318', 'grpc://host', '', 'http://user:pa55word@host/v1/logs'])('URL %j', (url) => {
    expect(() => otlpSink({ ...origin, url })).toThrow(TypeError)
    expect(() => otlpSink({ ...origin, url })).not.toThrow(/pa55word/)
  })

  test.each([
    { 'x key': 'hidden' },
    { 'x-key': 'hidden\n' },
    { 'Content-Length': 'hidden' },
    { 'content-type': 'hidden' },
  ])('header %j', (headers) => {
    const url = 'http://localhost:4318/v1/logs'
    expect(() => otlpSink({ ...origin, url, headers })).toThrow(TypeError)
    expect(() => otlpSink({ ...origin, url, headers })).not.toThrow(/hidden/)
  })
})

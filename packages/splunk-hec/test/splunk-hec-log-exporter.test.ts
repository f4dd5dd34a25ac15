import type { AnyValueMap } from '@opentelemetry/api-logs'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs'
import {
  type LogRecordExporter as OldExporter,
  BatchLogRecordProcessor as OldProcessor,
  LoggerProvider as OldProvider,
} from 'sdk-logs-old'
import { describe, expect, onTestFinished, test } from 'vitest'
import { autoClock } from '../../core/test/support/auto-clock.ts'
import { revealedBy } from '../../core/test/support/revealed-by.ts'
import {
  type HecExportResult,
  type ReadableRecord,
  SplunkHecLogExporter,
  type SplunkHecLogExporterOptions,
} from '../src/index.ts'
import { type HecReceiver, reply, startHecReceiver } from './support/hec-receiver.ts'
import { token } from './support/sink-for.ts'

function exporterFor(
  receiver: Pick<HecReceiver, 'url'>,
  options: Partial<SplunkHecLogExporterOptions> = {},
): SplunkHecLogExporter {
  const exporter = new SplunkHecLogExporter({ url: receiver.url, token, clock: autoClock(), ...options })
  onTestFinished(() => exporter.shutdown())
  return exporter
}

const resource = { attributes: { 'service.name': 'shop' } }

function record(body: unknown, more: Partial<ReadableRecord> = {}): ReadableRecord {
  return {
    hrTime: [1_700_000_000, 123_000_000],
    hrTimeObserved: [0, 0],
    body,
    attributes: {},
    resource,
    ...more,
  }
}

const records = (count: number): ReadableRecord[] =>
  Array.from({ length: count }, (_, number) => record(`line ${number}`))

/** Resolves with the results after the first has come and every other callback could have come too. */
async function exported(
  exporter: SplunkHecLogExporter,
  batch: readonly ReadableRecord[],
): Promise<HecExportResult> {
  const results: HecExportResult[] = []
  await new Promise<void>((resolve) => {
    exporter.export(batch, (result) => {
      results.push(result)
      resolve()
    })
  })
  await exporter.forceFlush()
  await new Promise((resolve) => setImmediate(resolve))
  expect(results).toHaveLength(1)
  return results[0] as HecExportResult
}

const bodies = ({ indexed }: HecReceiver): unknown[] => indexed.map(({ event }) => event)

const lines = (count: number): string[] => records(count).map(({ body }) => String(body))

describe('an application with an SDK', () => {
  const attributes: AnyValueMap = { 'user.id': '7', map: { a: [1, 2] } }
  const expected = {
    host: 'unknown',
    event: 'paid',
    fields: {
      'service.name': 'shop',
      'user.id': '7',
      'map.a': [1, 2],
      'otel.log.severity.number': 9,
      'otel.log.severity.text': 'INFO',
    },
  }

  test('of version 3.x delivers its logs', async () => {
    const receiver = await startHecReceiver({ token })
    const exporter: LogRecordExporter = exporterFor(receiver)
    const provider = new LoggerProvider({
      resource: resourceFromAttributes({ 'service.name': 'shop' }),
      processors: [new BatchLogRecordProcessor({ exporter })],
    })
    provider.getLogger('test').emit({ severityNumber: 9, severityText: 'INFO', body: 'paid', attributes })
    await provider.shutdown()
    expect(receiver.indexed).toMatchObject([expected])
    expect(receiver.indexed[0]).not.toHaveProperty('sourcetype')
  })

  test('of version 0.2xx delivers its logs', async () => {
    const receiver = await startHecReceiver({ token })
    const exporter: OldExporter = exporterFor(receiver)
    const provider = new OldProvider({
      resource: resourceFromAttributes({ 'service.name': 'shop' }),
      processors: [new OldProcessor({ exporter })],
    })
    provider.getLogger('test').emit({ severityNumber: 9, severityText: 'INFO', body: 'paid', attributes })
    await provider.shutdown()
    expect(receiver.indexed).toMatchObject([expected])
  })
})

test('a batch arrives whole and in order, and calls back once with success', async () => {
  const receiver = await startHecReceiver()
  expect(await exported(exporterFor(receiver, { maxBodyBytes: 500 }), records(20))).toEqual({ code: 0 })
  expect(bodies(receiver)).toEqual(lines(20))
})

test('trace and span of a record become fields', async () => {
  const receiver = await startHecReceiver()
  const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
  await exported(exporterFor(receiver), [record('x', { spanContext })])
  expect(receiver.indexed).toMatchObject([
    { time: 1_700_000_000.123, fields: { trace_id: spanContext.traceId, span_id: spanContext.spanId } },
  ])
})

test('an empty batch is a success without a request', async () => {
  const receiver = await startHecReceiver()
  expect(await exported(exporterFor(receiver), [])).toEqual({ code: 0 })
  expect(receiver.posts).toEqual([])
})

describe('a fault', () => {
  test('that is temporary is retried', async () => {
    const receiver = await startHecReceiver({ answer: (_, count) => (count <= 3 ? reply(9) : undefined) })
    const clock = autoClock()
    expect(await exported(exporterFor(receiver, { clock }), records(3))).toEqual({ code: 0 })
    expect(clock.waits).toHaveLength(3)
    expect(bodies(receiver)).toEqual(lines(3))
  })

  test('that does not end fails the export at the deadline, with the last reason and without the token', async () => {
    const busy = { status: 503, body: { text: `Server is busy ${token}`, code: 9 } }
    const receiver = await startHecReceiver({ answer: () => busy })
    const { code, error } = await exported(exporterFor(receiver, { deadlineMs: 100 }), records(3))
    expect(code).toBe(1)
    expect(error).toMatchObject({ fault: 'temporary', code: 'timeout' })
    expect(error?.message).toMatch(/within 100 ms\. .* answered 503 \(code 9\)/)
    expect(revealedBy(error)).not.toContain(token)
  })

  test('of the set-up fails the export at once', async () => {
    const receiver = await startHecReceiver({ token: 'another' })
    const { code, error } = await exported(exporterFor(receiver), records(3))
    expect(code).toBe(1)
    expect(error).toMatchObject({ fault: 'fatal', code: 'invalid_token' })
    expect(receiver.posts).toHaveLength(1)
  })

  test('of one export has no effect on the next', async () => {
    const receiver = await startHecReceiver({
      objection: ({ event }) => (event === 'bad' ? 6 : undefined),
    })
    const exporter = exporterFor(receiver)
    for (let round = 0; round < 2; round++) {
      const bad = Array.from({ length: 25 }, () => record('bad'))
      expect(await exported(exporter, bad)).toMatchObject({ code: 1, error: { code: 'set_up_refused' } })
      expect(await exported(exporter, records(2))).toEqual({ code: 0 })
    }
    expect(bodies(receiver)).toEqual([...lines(2), ...lines(2)])
  })
})

test('a rejected record fails its batch, and all others are delivered exactly once', async () => {
  const receiver = await startHecReceiver({ objection: ({ event }) => (event === 'line 7' ? 6 : undefined) })
  const { code, error } = await exported(exporterFor(receiver), records(20))
  expect(code).toBe(1)
  expect(error).toMatchObject({ fault: 'rejected', code: 'invalid_data_format', at: 'some-taken' })
  expect(error?.message).toMatch(/^1 of 20 records were rejected, all others were delivered\./)
  expect(bodies(receiver)).toEqual(lines(20).filter((line) => line !== 'line 7'))
})

test('a record without body and event name fails its batch, and all others are delivered', async () => {
  const receiver = await startHecReceiver()
  const batch = [record('a'), record(undefined), record('', { eventName: 'named' }), record('b')]
  expect(await exported(exporterFor(receiver), batch)).toMatchObject({
    code: 1,
    error: { code: 'empty_event' },
  })
  expect(bodies(receiver)).toEqual(['a', 'named', 'b'])
})

test('the exporter waits for resource attributes that are still being detected', async () => {
  const receiver = await startHecReceiver()
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({
      'host.name': new Promise((resolve) => setImmediate(() => resolve('found'))),
    }),
    processors: [
      {
        onEmit: (emitted) => void waiting.push(emitted),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  })
  const waiting: ReadableRecord[] = []
  provider.getLogger('test').emit({ body: 'x' })
  expect(await exported(exporterFor(receiver), waiting)).toEqual({ code: 0 })
  expect(receiver.indexed).toMatchObject([{ host: 'found', event: 'x' }])
})

test('the export fails at the deadline if resource attributes are never detected', async () => {
  const receiver = await startHecReceiver()
  const never = {
    attributes: {},
    asyncAttributesPending: true,
    waitForAsyncAttributes: () => new Promise<void>(() => undefined),
  }
  const { error } = await exported(exporterFor(receiver, { deadlineMs: 50 }), [
    record('x', { resource: never }),
  ])
  expect(error).toMatchObject({ code: 'timeout' })
  expect(receiver.posts).toEqual([])
})

test('exports may overlap', async () => {
  const receiver = await startHecReceiver({ answer: (_, count) => (count % 2 ? reply(9) : undefined) })
  const exporter = exporterFor(receiver)
  const results = await Promise.all(
    Array.from({ length: 8 }, (_, number) =>
      exported(exporter, [record(`a${number}`), record(`b${number}`)]),
    ),
  )
  expect(results).toEqual(Array.from({ length: 8 }, () => ({ code: 0 })))
  expect(new Set(bodies(receiver)).size).toBe(16)
  expect(receiver.indexed).toHaveLength(16)
})

describe('shutdown', () => {
  test('lets running exports end, refuses later ones, and may be called twice', async () => {
    const receiver = await startHecReceiver()
    const exporter = exporterFor(receiver)
    const results: HecExportResult[] = []
    exporter.export(records(2), (result) => results.push(result))
    await Promise.all([exporter.shutdown(), exporter.shutdown()])
    expect(results).toEqual([{ code: 0 }])
    exporter.export(records(2), (result) => results.push(result))
    expect(results).toMatchObject([{ code: 0 }, { code: 1, error: { code: 'shut_down' } }])
    expect(receiver.indexed).toHaveLength(2)
  })

  test('forceFlush waits until everything has called back', async () => {
    const receiver = await startHecReceiver()
    const exporter = exporterFor(receiver)
    const results: HecExportResult[] = []
    for (let batch = 0; batch < 3; batch++) exporter.export(records(2), (result) => results.push(result))
    await exporter.forceFlush()
    expect(results).toEqual([{ code: 0 }, { code: 0 }, { code: 0 }])
  })
})

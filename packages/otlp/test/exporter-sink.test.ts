import type { ServerResponse } from 'node:http'
import type { FaultShape } from '@asana-audit/core'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemoryLogRecordExporter } from '@opentelemetry/sdk-logs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { neverAborted } from '../../jsonl/test/support/never-aborted.ts'
import { type ExportResult, exporterSink, type LogRecordExporter, type ReadableRecord } from '../src/index.ts'
import { faultOf } from './support/fault-of.ts'
import { type Receiver, startReceiver } from './support/receiver.ts'
import { origin, record, records } from './support/records.ts'

type Callback = (result: ExportResult) => void

/** An exporter with this `export`, as a vendor may write one. */
function exporterOf(
  onExport: (records: ReadableRecord[], callback: Callback) => unknown,
): LogRecordExporter & { calls: ReadableRecord[][]; shutdowns: number } {
  return {
    calls: [],
    shutdowns: 0,
    export(batch, callback) {
      this.calls.push(batch)
      return onExport(batch, callback) as undefined
    },
    async shutdown() {
      this.shutdowns++
    },
  }
}

const succeed = (_: unknown, callback: Callback): void => callback({ code: 0 })
const failure = (code?: unknown): ExportResult => ({
  code: 1,
  error: Object.assign(new Error('refused'), { code }),
})

describe('the OTLP exporter of OpenTelemetry as a sink', () => {
  function official({ url }: Pick<Receiver, 'url'>, timeoutMillis = 10_000): OTLPLogExporter {
    const exporter = new OTLPLogExporter({ url, timeoutMillis })
    onTestFinished(() => exporter.shutdown())
    return exporter
  }
  const answering = (status: number, body = ''): Promise<Receiver> =>
    startReceiver((response: ServerResponse) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    })

  test('delivers, with one resource and scope for all records', async () => {
    const receiver = await answering(200, '{}')
    await exporterSink(official(receiver), origin).write(records(3), neverAborted)
    expect(receiver.uids()).toEqual(['0', '1', '2'])
    const [{ logs }] = receiver.requests as [Receiver['requests'][0]]
    expect(logs.scope).toEqual(origin.scope)
    expect(logs.resource).toEqual(Object.entries(origin.resource))
    expect(logs.records[0]).toMatchObject({
      time: 1_763_780_645_123_000_000n,
      observed: 1_763_780_700_000_000_000n,
      severity: 9,
      eventName: 'asana.audit.user_login_succeeded',
      body: 'Somebody logged in (0)',
    })
  })

  test.each<[number, FaultShape]>([
    [400, { fault: 'rejected', code: 'bad_data', at: 'none-taken', affected: 3 }],
    [413, { fault: 'rejected', code: 'too_large', at: 'none-taken', affected: 3 }],
    [401, { fault: 'fatal', code: 'unauthorized' }],
    [404, { fault: 'fatal', code: 'not_found' }],
    [500, { fault: 'temporary', code: 'server_error', isolateAfter: 8 }],
  ])('tells a %i apart', async (status, expected) => {
    const receiver = await answering(status)
    const found = await faultOf(exporterSink(official(receiver)).write(records(3), neverAborted))
    expect(found).toMatchObject({ ...expected, accepted: 0 })
  })

  test('reports a 503 as temporary, after its own attempts', async () => {
    const receiver = await answering(503)
    const found = await faultOf(exporterSink(official(receiver, 100)).write(records(1), neverAborted))
    expect(found).toMatchObject({ fault: 'temporary', code: 'export_failed' })
  })

  test('reports a missing answer as temporary', async () => {
    const receiver = await startReceiver(() => undefined)
    const found = await faultOf(exporterSink(official(receiver, 100)).write(records(1), neverAborted))
    expect(found).toMatchObject({ fault: 'temporary', code: 'export_failed' })
  })

  test('reports a partial success as a success, so delivery through it is best effort', async () => {
    const receiver = await answering(200, '{"partialSuccess":{"rejectedLogRecords":"2"}}')
    await expect(exporterSink(official(receiver)).write(records(3), neverAborted)).resolves.toBeUndefined()
  })
})

describe('any exporter as a sink', () => {
  test('receives the resource of a host SDK unchanged, after its attributes were detected', async () => {
    const resource = resourceFromAttributes({ 'host.name': Promise.resolve('bastion') })
    const exporter = new InMemoryLogRecordExporter()
    await exporterSink(exporter, { resource, scope: origin.scope }).write(records(2), neverAborted)
    const [first, second] = exporter.getFinishedLogRecords()
    expect(first!.resource).toBe(resource)
    expect(first!.resource.attributes).toEqual({ 'host.name': 'bastion' })
    expect(second!.instrumentationScope).toBe(first!.instrumentationScope)
  })

  test('receives at most 1,000 records a call, and the fault of a call says how many were accepted before', async () => {
    const exporter = exporterOf((batch, callback) => callback(batch.length < 1000 ? failure() : { code: 0 }))
    const found = await faultOf(exporterSink(exporter).write(records(2500), neverAborted))
    expect(exporter.calls.map((batch) => batch.length)).toEqual([1000, 1000, 500])
    expect(found).toMatchObject({ fault: 'temporary', code: 'export_failed', accepted: 2000 })
  })

  test.each<[string, number, FaultShape]>([
    ['a gRPC INVALID_ARGUMENT', 3, { fault: 'rejected', code: 'bad_data', at: 'none-taken', affected: 1 }],
    ['a gRPC UNAUTHENTICATED', 16, { fault: 'fatal', code: 'unauthorized' }],
    ['a gRPC UNAVAILABLE', 14, { fault: 'temporary', code: 'export_failed' }],
  ])('is read by its code: %s', async (_, code, expected) => {
    const exporter = exporterOf((_, callback) => callback(failure(code)))
    const found = await faultOf(exporterSink(exporter).write(records(1), neverAborted))
    expect(found).toMatchObject(expected)
  })

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('cannot be written')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('cannot be written')
      },
    ],
  ])('may go wrong without calling back: it %s', async (_, onExport) => {
    const found = await faultOf(exporterSink(exporterOf(onExport)).write(records(1), neverAborted))
    expect(found).toMatchObject({ fault: 'temporary', code: 'exporter_threw', isolateAfter: 8 })
    expect(found.message).toContain('cannot be written')
  })

  test('counts only the first callback of a call', async () => {
    const exporter = exporterOf((_, callback) => {
      callback({ code: 0 })
      callback(failure(400))
    })
    const sink = exporterSink(exporter)
    await sink.write([record('a')], neverAborted)
    await sink.write([record('b')], neverAborted)
    expect(exporter.calls).toHaveLength(2)
  })

  test('is not called again before a late callback has come', async () => {
    const held: Callback[] = []
    const exporter = exporterOf((batch, callback) => {
      if (held.length === 0) held.push(callback)
      else succeed(batch, callback)
    })
    const sink = exporterSink(exporter, { timeoutMs: 20 })
    for (const gid of ['a', 'b']) {
      const found = await faultOf(sink.write([record(gid)], neverAborted))
      expect(found).toMatchObject({ fault: 'temporary', code: 'timeout', accepted: 0 })
    }
    expect(exporter.calls).toHaveLength(1)
    held[0]!({ code: 0 })
    await sink.write([record('c')], neverAborted)
    expect(exporter.calls).toHaveLength(2)
  })

  test('is called by one write at a time', async () => {
    let [running, most] = [0, 0]
    const exporter = exporterOf((_, callback) => {
      most = Math.max(most, ++running)
      setImmediate(() => {
        running--
        callback({ code: 0 })
      })
    })
    const sink = exporterSink(exporter)
    await Promise.all(records(5).map((one) => sink.write([one], neverAborted)))
    expect([exporter.calls.length, most]).toEqual([5, 1])
  })

  test('is left at once by an aborted write', async () => {
    const abort = new AbortController()
    const reason = new Error('stop requested')
    const exporter = exporterOf(() => setImmediate(() => abort.abort(reason)))
    await expect(exporterSink(exporter).write(records(1), abort.signal)).rejects.toBe(reason)
  })

  test('is never called without records, and shut down once', async () => {
    const exporter = exporterOf(succeed)
    const sink = exporterSink(exporter)
    await sink.write([], neverAborted)
    await sink.close?.()
    expect([exporter.calls.length, exporter.shutdowns]).toEqual([0, 1])
  })
})

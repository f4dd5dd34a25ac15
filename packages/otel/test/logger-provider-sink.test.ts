import { describe, expect, test } from 'vitest'
import { faultOf } from '../../core/test/support/fault-of.ts'
import { type AuditWarning, loggerProviderSink, tracked } from '../src/index.ts'
import { type FakeExporterOptions, fakeExporter } from './support/fake-exporter.ts'
import { ids, records } from './support/records.ts'
import { type BatchOptions, sdkLines } from './support/sdk-lines.ts'

const { signal } = new AbortController()

describe.each(Object.entries(sdkLines))('on %s,', (_, line) => {
  function tracking(fakeOptions: FakeExporterOptions = {}, batch: BatchOptions = {}) {
    const fake = fakeExporter(fakeOptions)
    const exporter = tracked(fake)
    const provider = line.provider([line.batch(exporter, batch)])
    const sink = loggerProviderSink(provider, { tracked: exporter })
    return { fake, exporter, provider, sink }
  }

  test.each([
    [400, 'rejected', 'bad_data'],
    [401, 'fatal', 'unauthorized'],
    [500, 'temporary', 'server_error'],
    [undefined, 'temporary', 'export_failed'],
  ])(
    'a failed export with the code %s is a fault with what was accepted before',
    async (code, fault, named) => {
      const error = Object.assign(new Error('refused'), { code })
      const outcomeOf = (call: number) => (call === 2 ? 'fails' : 'succeeds')
      const { sink } = tracking({ error, outcomeOf }, { maxExportBatchSize: 4 })
      const found = await faultOf(sink.write(records(12), signal))
      expect(found).toMatchObject({ fault, code: named, accepted: 4 })
      if (fault === 'rejected') expect(found).toMatchObject({ at: 'none-taken', affected: 4 })
    },
  )

  test('a refusal is not held against our records if records of the host were in the batch', async () => {
    const error = Object.assign(new Error('refused'), { code: 400 })
    const { sink, provider } = tracking({ error, outcomeOf: () => 'fails' })
    provider.getLogger('host').emit({ ...records(1)[0]!, attributes: { 'host.own': true } })
    const found = await faultOf(sink.write(records(2), signal))
    expect(found).toMatchObject({ fault: 'temporary', code: 'bad_data', isolateAfter: 8 })
  })

  test('records that a full queue drops are noticed and sent again', async () => {
    const { sink, fake } = tracking({}, { maxQueueSize: 8, maxExportBatchSize: 4 })
    const found = await faultOf(sink.write(records(100), signal))
    // A batch leaves as soon as it is full, so the queue takes that many more.
    expect(found).toMatchObject({ fault: 'temporary', code: 'not_exported', accepted: 12 })
    expect(fake.accepted).toEqual(ids(12))
  })

  test('an exporter that is not in the provider is noticed', async () => {
    const provider = line.provider([line.batch(fakeExporter())])
    const sink = loggerProviderSink(provider, { tracked: tracked(fakeExporter()) })
    const found = await faultOf(sink.write(records(1), signal))
    expect(found).toMatchObject({ code: 'not_exported' })
    expect(found.message).toContain('give the processor what tracked(…) returned')
  })

  test('an exporter that does not call back is waited for, until the time is up', async () => {
    const { exporter, provider } = tracking({ outcomeOf: () => 'hangs' })
    const sink = loggerProviderSink(provider, { tracked: exporter, timeoutMs: 1 })
    const found = await faultOf(sink.write(records(3), signal))
    expect(found).toMatchObject({ fault: 'temporary', code: 'timeout', accepted: 0 })
    expect(found.message).toContain('3 of 3 records')
  })

  test('results come while the host flushes, when our own flush does nothing', async () => {
    const { sink, provider, fake } = tracking()
    provider.getLogger('host').emit({ ...records(1)[0]!, attributes: {} })
    const flush = provider.forceFlush()
    await sink.write(records(3), signal)
    await flush
    expect(fake.accepted).toEqual(['undefined', ...ids(3)])
  })

  test.each([
    ['rejects', () => Promise.reject(new Error('no flush'))],
    [
      'throws',
      () => {
        throw new Error('no flush')
      },
    ],
    ['returns nothing', () => undefined as unknown as Promise<void>],
  ])('a flush of the exporter that %s does not stop the processor', async (_how, forceFlush) => {
    const fake = fakeExporter()
    const exporter = tracked({ ...fake, forceFlush })
    const provider = line.provider([line.batch(exporter, { maxExportBatchSize: 2 })])
    const sink = loggerProviderSink(provider, { tracked: exporter })
    for (let write = 0; write < 3; write += 1) await sink.write(records(5), signal)
    expect(fake.accepted).toHaveLength(15)
  })

  test('a simple processor is fine with a tracked exporter', async () => {
    const fake = fakeExporter()
    const exporter = tracked(fake)
    const sink = loggerProviderSink(line.provider([line.simple(exporter)]), { tracked: exporter })
    await sink.write(records(20), signal)
    expect(fake.accepted).toEqual(ids(20))
  })

  test('a provider that was shut down before us is noticed, with and without `tracked`', async () => {
    const { sink, provider } = tracking()
    const untracked = loggerProviderSink(provider, { onWarning: () => {} })
    await provider.shutdown()
    for (const one of [sink, untracked]) {
      const found = await faultOf(one.write(records(1), signal))
      expect(found).toMatchObject({ fault: 'fatal', final: true, code: 'provider_disabled' })
    }
  })

  test('an exporter that is shut down before it got our records is noticed', async () => {
    const { sink, exporter } = tracking({}, { scheduledDelayMillis: 60_000 })
    await exporter.shutdown()
    const found = await faultOf(sink.write(records(1), signal))
    expect(found).toMatchObject({ fault: 'fatal', code: 'exporter_shut_down' })
  })

  test('a minimum severity that leaves out our records is noticed before anything is emitted', async () => {
    const fake = fakeExporter()
    const exporter = tracked(fake)
    const provider = line.provider([line.batch(exporter)], { minimumSeverity: 17 })
    const sink = loggerProviderSink(provider, { tracked: exporter })
    const found = await faultOf(sink.write(records(1), signal))
    expect(found).toMatchObject({ fault: 'fatal', code: 'left_out' })
    expect(found.message).toContain('asana.audit.user_login_succeeded')
  })

  test('a processor that throws is a temporary fault, and may be so because of one record', async () => {
    const broken = line.batch(fakeExporter())
    broken.onEmit = () => {
      throw new Error('cannot be processed')
    }
    const sink = loggerProviderSink(line.provider([broken]), { tracked: tracked(fakeExporter()) })
    const found = await faultOf(sink.write(records(1), signal))
    expect(found).toMatchObject({ fault: 'temporary', code: 'processor_threw', isolateAfter: 8 })
  })

  test('without `tracked` a warning says so at once, and a simple processor is refused', () => {
    const warnings: AuditWarning[] = []
    const onWarning = (warning: AuditWarning): void => void warnings.push(warning)
    loggerProviderSink(line.provider([line.batch(fakeExporter())]), { onWarning })
    expect(warnings.map(({ code }) => code)).toEqual(['best_effort'])
    const simple = line.provider([line.simple(fakeExporter())])
    expect(() => loggerProviderSink(simple, { onWarning })).toThrow(
      expect.objectContaining({ fault: 'fatal', code: 'simple_processor' }),
    )
  })

  test('without `tracked` at most a batch is emitted between two flushes, and flushes do not overlap', async () => {
    const steps: string[] = []
    const batch = line.batch(fakeExporter())
    const watched = {
      ...{ shutdown: () => batch.shutdown() },
      onEmit: (record: Parameters<typeof batch.onEmit>[0]) => {
        steps.push('emit')
        batch.onEmit(record)
      },
      async forceFlush() {
        steps.push('flush')
        await batch.forceFlush()
        steps.push('flushed')
      },
    }
    const sink = loggerProviderSink(line.provider([watched]), { maxRecords: 2, onWarning: () => {} })
    await Promise.all([sink.write(records(3), signal), sink.write(records(1), signal)])
    const once = (emits: number): string[] => [...Array<string>(emits).fill('emit'), 'flush', 'flushed']
    expect(steps).toEqual([...once(2), ...once(1), ...once(1)])
  })
})

test('a provider whose processors cannot be seen is used with a second warning', () => {
  const warnings: AuditWarning[] = []
  const provider = { getLogger: () => ({ emit() {}, enabled: () => true }), forceFlush: async () => {} }
  loggerProviderSink(provider, { onWarning: (warning) => void warnings.push(warning) })
  expect(warnings.map(({ code }) => code)).toEqual(['best_effort', 'hidden_processors'])
})

test.each([
  [
    'a provider that is not of an SDK',
    () => loggerProviderSink({ getLogger: () => ({ emit() {}, enabled: () => true }) }),
  ],
  ['something else', () => loggerProviderSink({} as never)],
])('%s is refused at once', (_, open) => {
  expect(open).toThrow(expect.objectContaining({ fault: 'fatal', code: 'no_sdk' }))
})

test('a number that cannot be used, and an option that does not exist, are refused at once', () => {
  const [line] = Object.values(sdkLines)
  const provider = line!.provider([])
  expect(() => loggerProviderSink(provider, { maxRecords: 0 })).toThrow('maxRecords')
  expect(() => loggerProviderSink(provider, { timeoutMS: 1 } as never)).toThrow('timeoutMs')
})

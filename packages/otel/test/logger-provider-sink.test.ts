import { describe, expect, test } from 'vitest'
import { faultOf } from '../../core/test/support/fault-of.ts'
import {
  type AuditWarning,
  type LoggerProviderSinkOptions,
  loggerProviderSink,
  tracked,
} from '../src/index.ts'
import { type FakeExporterOptions, fakeExporter } from './support/fake-exporter.ts'
import { impatient } from './support/impatient.ts'
import { ids, records } from './support/records.ts'
import { type BatchOptions, type Processor, sdkLines } from './support/sdk-lines.ts'

const { signal } = new AbortController()

describe.each(Object.entries(sdkLines))('on %s,', (_, line) => {
  function tracking(
    fakeOptions: FakeExporterOptions = {},
    batch: BatchOptions = {},
    sinkOptions: LoggerProviderSinkOptions = {},
  ) {
    const fake = fakeExporter(fakeOptions)
    const exporter = tracked(fake, { flushTimeoutMs: 1 })
    const provider = line.provider([line.batch(exporter, batch)])
    const sink = loggerProviderSink(provider, { tracked: exporter, ...sinkOptions })
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

  test('records that a full queue drops are noticed', async () => {
    const { sink, fake, provider } = tracking({}, { maxQueueSize: 8, maxExportBatchSize: 4 })
    const host = provider.getLogger('host')
    // A batch leaves as soon as it is full, so the queue takes that many more.
    for (let record = 0; record < 10; record += 1) host.emit({ ...records(1)[0]!, attributes: {} })
    const found = await faultOf(sink.write(records(4), signal))
    expect(found).toMatchObject({ fault: 'temporary', code: 'not_exported', accepted: 2 })
    expect(fake.accepted.slice(10)).toEqual(ids(2))
  })

  test('a write is not larger than a batch of the processor, so that our records alone never fill the queue', async () => {
    const { sink, fake } = tracking({}, { maxQueueSize: 8, maxExportBatchSize: 4 })
    expect(sink.prefers).toMatchObject({ records: 4 })
    await sink.write(records(100), signal)
    expect(fake.accepted).toEqual(ids(100))
  })

  test('a record of the host with the same id says nothing about ours', async () => {
    const dropsOurs = (batch: Processor): Processor => ({
      onEmit: (record) => {
        if (record.instrumentationScope.name === 'host') batch.onEmit(record)
      },
      forceFlush: () => batch.forceFlush(),
      shutdown: () => batch.shutdown(),
    })
    const exporter = tracked(fakeExporter())
    const provider = line.provider([dropsOurs(line.batch(exporter))])
    const sink = loggerProviderSink(provider, { tracked: exporter, clock: impatient() })
    const writing = faultOf(sink.write(records(1), signal))
    provider.getLogger('host').emit(records(1)[0]!)
    expect(await writing).toMatchObject({ code: 'not_exported', accepted: 0 })
  })

  test('a processor that has another exporter than the tracked one is a pause with a sentence, before many repeats', async () => {
    const fake = fakeExporter()
    const provider = line.provider([line.batch(fake)])
    const sink = loggerProviderSink(provider, { tracked: tracked(fakeExporter()), clock: impatient() })
    for (const code of ['not_exported', 'not_exported', 'not_tracked', 'not_tracked'])
      expect(await faultOf(sink.write(records(1), signal))).toMatchObject({ code })
    const found = await faultOf(sink.write(records(1), signal))
    expect(found).toMatchObject({ fault: 'fatal', code: 'not_tracked' })
    expect(found).not.toMatchObject({ final: true })
    expect(found.message).toContain('Give the processor of this loggerProvider what tracked(…) returned')
  })

  test('an exporter that does not call back is waited for, until the time is up', async () => {
    const { exporter, provider } = tracking({ outcomeOf: () => 'hangs' })
    const sink = loggerProviderSink(provider, { tracked: exporter, timeoutMs: 1 })
    const found = await faultOf(sink.write(records(3), signal))
    expect(found).toMatchObject({ fault: 'temporary', code: 'timeout', accepted: 0 })
    expect(found.message).toContain('3 of 3 records')
  })

  test('an export that never ends does not hide for long that later records are dropped', async () => {
    const clock = impatient(true)
    let drops = false
    const dropping = (batch: Processor): Processor => ({
      onEmit: (record) => void (drops || batch.onEmit(record)),
      forceFlush: () => batch.forceFlush(),
      shutdown: () => batch.shutdown(),
    })
    const exporter = tracked(fakeExporter({ outcomeOf: (call) => (call === 1 ? 'hangs' : 'succeeds') }))
    const provider = line.provider([dropping(line.batch(exporter, { exportTimeoutMillis: 1 }))])
    const sink = loggerProviderSink(provider, { tracked: exporter, clock })
    for (const code of ['timeout', 'not_exported']) {
      expect(await faultOf(sink.write(records(1), signal))).toMatchObject({ code })
      drops = true
    }
    clock.isTimeUp = false
    expect(await faultOf(sink.write(records(1), signal))).toMatchObject({ code: 'not_exported' })
  })

  test('a flush of the exporter that never ends does not stop the processor', async () => {
    const outcomeOf = (call: number) => (call === 1 ? 'hangs' : 'succeeds')
    const { sink, fake } = tracking(
      { outcomeOf, flushWaits: true },
      { exportTimeoutMillis: 1 },
      { timeoutMs: 100 },
    )
    expect(await faultOf(sink.write(records(1), signal))).toMatchObject({ code: 'timeout' })
    await expect.poll(() => sink.write(records(1), signal).then(() => fake.accepted[0])).toBe(ids(1)[0])
  })

  test('an exporter that throws after it has called back has the result of the callback, and Node says what it threw', async () => {
    const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve))
    const fake = fakeExporter()
    const exporter = tracked({
      ...fake,
      export(given, callback) {
        fake.accepted.push(...given.map(({ attributes }) => String(attributes['log.record.uid'])))
        callback({ code: 0 })
        throw new Error('the socket is closed')
      },
    })
    const provider = line.provider([line.batch(exporter, { maxExportBatchSize: 2 })])
    const sink = loggerProviderSink(provider, { tracked: exporter })
    await sink.write(records(6), signal)
    expect(fake.accepted).toEqual(ids(6))
    expect(await warned).toMatchObject({ name: 'AsanaAuditWarning', code: 'exporter_threw' })
  })

  test('attributes that the limits of the SDK leave out are a warning, once', async () => {
    const warnings: AuditWarning[] = []
    const exporter = tracked(fakeExporter())
    const provider = line.provider([line.batch(exporter)], { attributeCountLimit: 6 })
    const sink = loggerProviderSink(provider, {
      tracked: exporter,
      onWarning: (warning) => void warnings.push(warning),
    })
    await sink.write(records(2), signal)
    await sink.write(records(2), signal)
    expect(warnings.map(({ code }) => code)).toEqual(['attributes_dropped'])
  })

  test('results come while the host flushes, when our own flush does nothing', async () => {
    const { sink, provider, fake } = tracking()
    provider.getLogger('host').emit({ ...records(1)[0]!, attributes: {} })
    const flush = provider.forceFlush()
    await sink.write(records(3), signal)
    await flush
    expect(fake.accepted).toEqual(['host:undefined', ...ids(3)])
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

  test('without `tracked` the size of a batch of the SDK is the most that is emitted between two flushes', () => {
    const provider = line.provider([
      line.batch(fakeExporter(), { maxExportBatchSize: 40, maxQueueSize: 60 }),
      line.batch(fakeExporter(), { maxExportBatchSize: 90, maxQueueSize: 30 }),
    ])
    expect(loggerProviderSink(provider, { onWarning: () => {} }).prefers).toMatchObject({ records: 30 })
    const most = loggerProviderSink(provider, { onWarning: () => {}, maxRecords: 7 })
    expect(most.prefers).toMatchObject({ records: 7 })
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
  expect(() => tracked(fakeExporter(), { flushTimeoutMs: 0 })).toThrow('flushTimeoutMs')
  expect(() => tracked(fakeExporter(), { timeoutMs: 1 } as never)).toThrow('tracked has no option')
})

test.each([
  ['the exporter itself', fakeExporter()],
  ['the function', tracked],
])('what is passed as `tracked` without a call of it is refused at once: %s', (_, given) => {
  const [line] = Object.values(sdkLines)
  const provider = line!.provider([])
  expect(() => loggerProviderSink(provider, { tracked: given as never })).toThrow(
    'not what tracked(exporter) returned',
  )
})

test.each([undefined, {}, { export() {} }, () => {}])('only an exporter is wrapped: %s', (given) => {
  expect(() => tracked(given as never)).toThrow('was not given an exporter')
})

import type { Fact, LaneSummary } from '@asana-audit/core'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { expect, onTestFinished, test } from 'vitest'
import { type FactMeterOptions, factMeter, metricDefinitions } from '../src/index.ts'

// With the SDK of OpenTelemetry, as in a host's own program.

interface Collected {
  /** The value of a series; undefined if there is none. */
  value(name: string, attributes: Readonly<Record<string, string>>): unknown
  readonly names: readonly string[]
}

function newMeter(options: FactMeterOptions = {}) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e9 })
  const provider = new MeterProvider({ readers: [reader] })
  onTestFinished(() => provider.shutdown())
  const metrics = factMeter(provider.getMeter('test'), options)
  async function collect(): Promise<Collected> {
    exporter.reset()
    await reader.forceFlush()
    const found = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((one) => one.metrics))
    return {
      names: found.map(({ descriptor }) => descriptor.name),
      value(name, attributes) {
        const points = found.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []
        const matching = points.filter((point) =>
          Object.entries(attributes).every(([key, value]) => point.attributes[key] === value),
        )
        expect(matching.length).toBeLessThan(2)
        return matching[0]?.value
      },
    }
  }
  return { metrics, collect }
}

const page: Fact = { type: 'page_read', events: 3, malformed: 0, bytes: 900, ms: 5, newestAt: undefined }
const emptyPage: Fact = { ...page, events: 0, bytes: 20 }
const committed = (events: number, newestAt: string): Fact => ({
  ...{ type: 'committed', unsaved: 0, events, ms: 1, newestAt, ageMs: undefined, deletedInMs: undefined },
})
const live = { pipeline: 'p', lane: 'live', destination: 'otlp' }
const time = Date.parse('2026-11-01T00:00:00Z')

test('attributes of a pipeline are on all its series, beside pipeline, lane and destination', async () => {
  const { metrics, collect } = newMeter()
  const customer = { tenant: 'acme', workspace: '42' }
  const pipeline = metrics.pipeline({ pipeline: 'p', destination: 'otlp', attributes: customer })
  pipeline.fact(committed(3, '2026-11-01T00:00:00Z'))
  pipeline.fact({ type: 'requested', status: 200, ms: 5, waitedMs: 0 })
  const collected = await collect()
  expect(collected.value('asana_audit.events.delivered', { ...live, ...customer })).toBe(3)
  expect(collected.value('asana_audit.requests', { pipeline: 'p', status: '200', ...customer })).toBe(1)
  expect(collected.value('asana_audit.request.duration', { pipeline: 'p', ...customer })).toMatchObject({
    count: 1,
  })
})

test('counters are 0 before anything has happened, for each code of the destination', async () => {
  const { metrics, collect } = newMeter()
  metrics.pipeline({ pipeline: 'p', destination: 'otlp' })
  const collected = await collect()
  expect(collected.value('asana_audit.events.delivered', live)).toBe(0)
  expect(collected.value('asana_audit.events.quarantined', { code: 'bad_data' })).toBe(0)
  expect(collected.value('asana_audit.events.quarantined', { code: 'too_old' })).toBe(0)
  expect(collected.value('asana_audit.retries', { part: 'sink', code: 'connection_refused' })).toBe(0)
  expect(collected.value('asana_audit.retries', { part: 'source', code: 'rate_limited' })).toBe(0)
  expect(collected.value('asana_audit.requests', { status: '429' })).toBe(0)
  // A code of Splunk, which this pipeline cannot get.
  expect(collected.value('asana_audit.retries', { code: 'queues_full' })).toBeUndefined()
})

test('codes of a sink of your own are 0 from the start if you name them', async () => {
  const { metrics, collect } = newMeter()
  metrics.pipeline({ pipeline: 'p', destination: 'mine', retried: ['asleep'], quarantined: ['ugly'] })
  const collected = await collect()
  expect(collected.value('asana_audit.retries', { part: 'sink', code: 'asleep' })).toBe(0)
  expect(collected.value('asana_audit.events.quarantined', { code: 'ugly' })).toBe(0)
})

test('facts are added up by lane, and by code over all lanes', async () => {
  const { metrics, collect } = newMeter()
  const { fact } = metrics.pipeline({ pipeline: 'p', destination: 'otlp' })
  fact(page)
  fact(page, 'backlog')
  fact({ type: 'quarantined', kind: 'rejected', id: '1', code: 'bad_data', reason: '' })
  fact({ type: 'too_old', events: 40, oldestAt: '', newestAt: '', reason: '' }, 'backlog')
  fact({ type: 'quarantined', kind: 'rejected', id: '2', code: 'bad_data', reason: '' }, 'backlog')
  fact(committed(2, '2026-11-01T00:00:00Z'))
  const collected = await collect()
  expect(collected.value('asana_audit.events.read', live)).toBe(3)
  expect(collected.value('asana_audit.events.delivered', live)).toBe(2)
  expect(collected.value('asana_audit.events.delivered', { lane: 'backlog' })).toBe(0)
  expect(collected.value('asana_audit.events.quarantined', { code: 'bad_data' })).toBe(2)
  expect(collected.value('asana_audit.events.quarantined', { code: 'too_old' })).toBe(40)
})

test('a request counts by its status, and its wait for the budget apart from its duration', async () => {
  const { metrics, collect } = newMeter()
  const { fact } = metrics.pipeline({ pipeline: 'p', destination: 'otlp' })
  fact({ type: 'requested', status: 200, ms: 250, waitedMs: 1_500 })
  fact({ type: 'requested', status: undefined, ms: 60_000, waitedMs: 0 })
  const collected = await collect()
  expect(collected.value('asana_audit.requests', { status: '200' })).toBe(1)
  expect(collected.value('asana_audit.requests', { status: 'none' })).toBe(1)
  expect(collected.value('asana_audit.budget.wait', {})).toBe(1.5)
  expect(collected.value('asana_audit.request.duration', { status: '200' })).toMatchObject({ sum: 0.25 })
})

test('the delay of delivery is only that of new events', async () => {
  const { metrics, collect } = newMeter()
  const { fact } = metrics.pipeline({ pipeline: 'p', destination: 'otlp' })
  const write: Fact = { type: 'write_accepted', records: 2, ms: 100, delaysMs: [1_000, 3_000] }
  fact(write)
  fact(write, 'backlog')
  const collected = await collect()
  expect(collected.value('asana_audit.delivery.delay', { lane: 'live' })).toMatchObject({ count: 2, sum: 4 })
  expect(collected.value('asana_audit.delivery.delay', { lane: 'backlog' })).toBeUndefined()
  expect(collected.value('asana_audit.write.duration', { lane: 'backlog' })).toMatchObject({ count: 1 })
})

test('times begin with what earlier runs saved, so that a quiet tenant has them', async () => {
  const row: LaneSummary = {
    ...{ pipeline: 'p', lane: 'live', cursor: 'of another source', delivered: 1, quarantined: 0 },
    ...{ newestAt: '2026-11-01T00:00:00Z', readBy: undefined, committedAt: '2026-11-02T00:00:00Z' },
  }
  const { metrics, collect } = newMeter()
  metrics.pipeline({ pipeline: 'p', destination: 'otlp', rows: [row, { ...row, pipeline: 'q' }] })
  const collected = await collect()
  const day = 86_400
  expect(collected.value('asana_audit.newest_event.timestamp', live)).toBe(time / 1_000)
  expect(collected.value('asana_audit.last_commit.timestamp', live)).toBe(time / 1_000 + day)
  expect(collected.value('asana_audit.last_page.timestamp', live)).toBe(time / 1_000 + day)
  expect(collected.value('asana_audit.unread_deletion.timestamp', live)).toBe(time / 1_000 + 90 * day)
  // Nothing is known of a lane that has no row.
  expect(collected.value('asana_audit.last_page.timestamp', { lane: 'backlog' })).toBeUndefined()
})

test('after a restart, events of a quiet tenant are unread only from where the log was read to its end', async () => {
  const at = { newest: '2026-11-01T00:00:00Z', endReachedAt: '2026-11-08T00:00:00Z' }
  const row: LaneSummary = {
    ...{ pipeline: 'p', lane: 'live', cursor: JSON.stringify({ v: 1, offset: 'a', ...at }) },
    ...{ delivered: 1, quarantined: 0, readBy: undefined },
    ...{ newestAt: at.newest, committedAt: '2026-11-08T00:00:00Z' },
  }
  const { metrics, collect } = newMeter()
  metrics.pipeline({ pipeline: 'p', destination: 'otlp', rows: [row] })
  const collected = await collect()
  expect(collected.value('asana_audit.newest_event.timestamp', live)).toBe(time / 1_000)
  expect(collected.value('asana_audit.unread_deletion.timestamp', live)).toBe(time / 1_000 + 97 * 86_400)
})

test('an empty page moves the deletion on for a quiet tenant, but not while the destination is down', async () => {
  let now = time
  const { metrics, collect } = newMeter({ now: () => now })
  const { fact } = metrics.pipeline({ pipeline: 'p', destination: 'otlp' })
  const deletion = async () => (await collect()).value('asana_audit.unread_deletion.timestamp', live)
  const quarter = 90 * 86_400
  fact(committed(1, '2026-11-01T00:00:00Z'))
  now += 60_000
  fact(emptyPage)
  expect(await deletion()).toBe(time / 1_000 + 60 + quarter)
  fact({ type: 'retrying', part: 'sink', code: 'unavailable', message: '', failures: 1, waitMs: 1_000 })
  now += 60_000
  fact(emptyPage)
  expect(await deletion()).toBe(time / 1_000 + 60 + quarter)
})

test('a backlog that is read has no event left that Asana could delete', async () => {
  const { metrics, collect } = newMeter({ now: () => time })
  const { fact } = metrics.pipeline({ pipeline: 'p', destination: 'otlp' })
  const range = { from: '2026-10-01T00:00:00Z', until: '2026-10-03T00:00:00Z', limitedBy: 'quota' as const }
  fact({ type: 'covered', ...range, upTo: '2026-10-02T00:00:00Z' }, 'backlog')
  fact(committed(1, '2026-10-02T00:00:00Z'), 'backlog')
  const half = await collect()
  expect(half.value('asana_audit.backlog.covered', { lane: 'backlog' })).toBe(0.5)
  const quarter = 90 * 86_400
  expect(half.value('asana_audit.unread_deletion.timestamp', { lane: 'backlog' })).toBe(
    Date.parse('2026-10-02T00:00:00Z') / 1_000 + quarter,
  )
  fact({ type: 'covered', ...range, upTo: range.until }, 'backlog')
  fact(committed(1, '2026-10-02T12:00:00Z'), 'backlog')
  const whole = await collect()
  expect(whole.value('asana_audit.backlog.covered', { lane: 'backlog' })).toBe(1)
  expect(whole.value('asana_audit.unread_deletion.timestamp', { lane: 'backlog' })).toBe(
    time / 1_000 + quarter,
  )
})

test('a pipeline is in one state, and the fault it waits for is named until it works again', async () => {
  const { metrics, collect } = newMeter()
  const pipeline = metrics.pipeline({ pipeline: 'p', destination: 'otlp' })
  const state = async (): Promise<string[]> => {
    const collected = await collect()
    const all = ['starting', 'running', 'retrying', 'paused', 'ended', 'failed']
    const values = all.map((one) => collected.value('asana_audit.pipeline.state', { state: one }))
    expect(values.toSorted()).toEqual([0, 0, 0, 0, 0, 1])
    return all.filter((_, index) => values[index] === 1)
  }
  const fault = async () => (await collect()).value('asana_audit.pipeline.fault', { code: 'unauthorized' })
  expect(await state()).toEqual(['starting'])
  pipeline.fact(page)
  expect(await state()).toEqual(['running'])
  pipeline.fact(
    { type: 'retrying', part: 'sink', code: 'dns', message: '', failures: 1, waitMs: 1 },
    'backlog',
  )
  expect(await state()).toEqual(['retrying'])
  pipeline.fact({ type: 'paused', part: 'sink', code: 'unauthorized', message: '', waitMs: 1 })
  expect([await state(), await fault()]).toEqual([['paused'], 1])
  pipeline.fact({ type: 'resumed', part: 'sink', afterMs: 1 })
  expect([await state(), await fault()]).toEqual([['retrying'], 0])
  pipeline.fact({ type: 'resumed', part: 'sink', afterMs: 1 }, 'backlog')
  expect(await state()).toEqual(['running'])
  pipeline.ended(true)
  expect(await state()).toEqual(['failed'])
})

test('a pipeline that is closed has no series left', async () => {
  const { metrics, collect } = newMeter()
  const one = metrics.pipeline({ pipeline: 'p', destination: 'otlp' })
  metrics.pipeline({ pipeline: 'q', destination: 'otlp' })
  one.close()
  const collected = await collect()
  expect(collected.value('asana_audit.events.read', { pipeline: 'p', lane: 'live' })).toBeUndefined()
  expect(collected.value('asana_audit.events.read', { pipeline: 'q', lane: 'live' })).toBe(0)
})

test('every metric of the definitions is exported once all has happened, and no other', async () => {
  const { metrics, collect } = newMeter({ version: '1.2.3', requestsPerMinute: 1_200, now: () => time })
  const { fact } = metrics.pipeline({ pipeline: 'p', destination: 'otlp' })
  const range = { from: '2026-10-01T00:00:00Z', until: '2026-10-03T00:00:00Z', upTo: '2026-10-02T00:00:00Z' }
  fact(page)
  fact({ type: 'requested', status: 200, ms: 1, waitedMs: 0 })
  fact({ type: 'write_accepted', records: 1, ms: 1, delaysMs: [1] })
  fact({ type: 'late', id: '1', delayMs: 1 })
  fact({ type: 'covered', ...range, limitedBy: 'quota' }, 'backlog')
  fact(committed(1, '2026-11-01T00:00:00Z'))
  fact({ type: 'acknowledged', ms: 1 })
  fact({ type: 'paused', part: 'sink', code: 'unauthorized', message: '', waitMs: 1 })
  const { names } = await collect()
  expect(names.toSorted()).toEqual(
    Object.values(metricDefinitions)
      .map(({ name }) => name)
      .toSorted(),
  )
})

test('the wait for an acknowledgement has a histogram of its own, in seconds', async () => {
  const { metrics, collect } = newMeter()
  const meter = metrics.pipeline({ pipeline: 'p', destination: 'splunk-hec' })
  meter.fact({ type: 'acknowledged', ms: 1_600 })
  const of = { pipeline: 'p', destination: 'splunk-hec' }
  const collected = await collect()
  expect(collected.value('asana_audit.ack.wait', of)).toMatchObject({ count: 1, sum: 1.6 })
  expect(collected.value('asana_audit.write.duration', of)).toBeUndefined()
})

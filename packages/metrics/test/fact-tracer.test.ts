import type { Fact } from '@asana-audit/core'
import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { factTracer, laneAttributes, type PipelineTracer, spanDefinitions } from '../src/index.ts'

// With the SDK of OpenTelemetry, as in a host's own program.

const start = Date.parse('2026-11-01T00:00:00Z')

function newTracer(): { pipeline: PipelineTracer; exporter: InMemorySpanExporter; pass(ms: number): void } {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  onTestFinished(() => provider.shutdown())
  let now = start
  const contextOf = (span: ReturnType<typeof tracer.startSpan>) => trace.setSpan(ROOT_CONTEXT, span)
  const tracer = provider.getTracer('test')
  const tracing = factTracer(tracer, { contextOf, now: () => now })
  return {
    pipeline: tracing.pipeline({ pipeline: 'p', destination: 'otlp' }),
    exporter,
    pass(ms) {
      now += ms
    },
  }
}

const requested = (status: number | undefined): Fact => ({
  type: 'requested',
  status,
  ms: 250,
  waitedMs: 500,
})
const written: Fact = { type: 'write_accepted', records: 3, ms: 40, delaysMs: [1, 2, 3] }
const committed: Fact = {
  ...{
    type: 'committed',
    unsaved: 0,
    events: 3,
    ms: 2,
    newestAt: undefined,
    ageMs: undefined,
    deletedInMs: undefined,
  },
}
const paused: Fact = { type: 'paused', part: 'sink', code: 'unauthorized', message: 'secret', waitMs: 1 }

const millis = ([seconds, nanoseconds]: [number, number]): number =>
  seconds * 1_000 + nanoseconds / 1e6 - start

test('a poll, a write and a commit are spans of one trace that ends with the saved position, each with its duration', () => {
  const { pipeline, exporter, pass } = newTracer()
  pass(250)
  pipeline.fact(requested(200))
  pass(40)
  pipeline.fact(written)
  pass(2)
  pipeline.fact(committed)
  const spans = exporter.getFinishedSpans()
  expect(spans.map(({ name, startTime, endTime }) => [name, millis(startTime), millis(endTime)])).toEqual([
    ['asana_audit.poll', 0, 250],
    ['asana_audit.write', 250, 290],
    ['asana_audit.commit', 290, 292],
    ['asana_audit.deliver', 0, 292],
  ])
  const root = spans[3]!.spanContext()
  for (const span of spans.slice(0, 3))
    expect(span.parentSpanContext).toMatchObject({ traceId: root.traceId, spanId: root.spanId })
  const lane = {
    ...{ 'asana_audit.pipeline': 'p', 'asana_audit.lane': 'live', 'asana_audit.destination': 'otlp' },
  }
  expect(spans.map(({ attributes }) => attributes)).toEqual([
    { ...lane, 'http.response.status_code': 200, 'asana_audit.budget.wait': 0.5 },
    { ...lane, 'asana_audit.records': 3 },
    { ...lane, 'asana_audit.events': 3 },
    lane,
  ])
})

test('the next poll begins a new trace, and each lane has its own', () => {
  const { pipeline, exporter } = newTracer()
  pipeline.fact(requested(200))
  pipeline.fact(requested(200), 'backlog')
  pipeline.fact(committed)
  pipeline.fact(requested(200))
  pipeline.ended()
  const traces = exporter.getFinishedSpans().map((span) => span.spanContext().traceId)
  expect(new Set(traces).size).toBe(3)
})

test.each([
  [200, undefined],
  [429, '429'],
  [undefined, 'no_answer'],
])('a poll with status %s has the error type %s', (status, error) => {
  const { pipeline, exporter } = newTracer()
  pipeline.fact(requested(status))
  const [poll] = exporter.getFinishedSpans()
  expect(poll?.attributes['error.type']).toBe(error)
  expect(poll?.status.code).toBe(error === undefined ? 0 : 2)
})

test('a fault is an event of the trace with its code, without its message', () => {
  const { pipeline, exporter } = newTracer()
  pipeline.fact(paused)
  pipeline.fact({ type: 'resumed', part: 'sink', afterMs: 1 })
  pipeline.fact(committed)
  const root = exporter.getFinishedSpans().at(-1)
  expect(root?.events.map(({ name, attributes }) => [name, attributes])).toEqual([
    ['paused', { 'asana_audit.part': 'sink', 'error.type': 'unauthorized' }],
    ['resumed', { 'asana_audit.part': 'sink' }],
  ])
  expect(root?.status.code).toBe(0)
})

test('a pipeline that fails ends its open trace as an error', () => {
  const { pipeline, exporter } = newTracer()
  pipeline.fact(requested(200))
  pipeline.ended(true)
  expect(exporter.getFinishedSpans().at(-1)).toMatchObject({
    name: 'asana_audit.deliver',
    status: { code: 2 },
  })
})

test('whatever happens, spans are as defined, none ends before it begins, and no text of a fact is in them', () => {
  const fact = fc.oneof(
    fc.record({
      ...{
        type: fc.constant('requested' as const),
        status: fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }),
      },
      ...{ ms: fc.double({ min: -1e3, max: 1e9, noNaN: true }), waitedMs: fc.nat() },
    }),
    fc.constantFrom<Fact>(written, committed, paused),
    fc.constant<Fact>({
      type: 'retrying',
      part: 'state',
      code: 'busy',
      message: 'secret',
      failures: 1,
      waitMs: 1,
    }),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fact, fc.constantFrom('live', 'backlog'), fc.nat(10_000))), (facts) => {
      const { pipeline, exporter, pass } = newTracer()
      for (const [one, lane, ms] of facts) {
        pass(ms)
        pipeline.fact(one, lane)
      }
      pipeline.ended()
      const spans = exporter.getFinishedSpans()
      for (const span of spans) {
        const definition = Object.values(spanDefinitions).find(({ name }) => name === span.name)
        const allowed = [...laneAttributes, ...(definition?.attributes ?? [])]
        expect(Object.keys(span.attributes).filter((key) => !allowed.includes(key))).toEqual([])
        expect(millis(span.endTime)).toBeGreaterThanOrEqual(millis(span.startTime))
      }
      expect(JSON.stringify(spans.map(({ attributes, events }) => [attributes, events]))).not.toContain(
        'secret',
      )
    }),
  )
})

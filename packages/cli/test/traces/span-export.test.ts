import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { OtlpSpan } from '@asana-audit/otlp/traces'
import { expect, onTestFinished, test } from 'vitest'
import { closedPort } from '../../../../test/support/servers/listen.ts'
import { commonSettings } from '../../src/config/common-settings.ts'
import { readTracesExport, wantsTracesExport } from '../../src/config/monitoring/traces-export.ts'
import type { Problem, Warning } from '../../src/terminal/problem.ts'
import { ownTracer } from '../../src/traces/own-tracer.ts'
import { type SpanExport, spanExport } from '../../src/traces/span-export.ts'

interface Seen {
  readonly path: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly resource: unknown
  readonly names: readonly string[]
  readonly status: number
}

/** A receiver that answers as `status` says. */
async function receiver(status: () => number = () => 200): Promise<{ origin: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const [one] = JSON.parse(gunzipSync(Buffer.concat(parts)).toString()).resourceSpans
    const names = one.scopeSpans[0].spans.map(({ name }: OtlpSpan) => name)
    const its = status()
    seen.push({ path: request.url, headers: request.headers, resource: one.resource, names, status: its })
    response.writeHead(its, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

const json = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }

const readSettings = async (env: NodeJS.ProcessEnv, problems: Problem[] = []) =>
  readTracesExport(env, problems, await commonSettings(env, problems))

async function exportingTo(env: NodeJS.ProcessEnv, warnings: Warning[] = []): Promise<SpanExport> {
  const settings = await readSettings({ ...json, ...env })
  if (!settings) throw new Error('There are problems.')
  return spanExport(settings, { 'service.name': 'audit' }, (warning) => void warnings.push(warning))
}

function span(name: string): OtlpSpan {
  return {
    ...{ traceId: '0'.repeat(31).concat('1'), spanId: '0'.repeat(15).concat('1'), name, kind: 1 },
    ...{ startTimeUnixNano: '1', endTimeUnixNano: '2', attributes: [], events: [] },
    ...{ droppedEventsCount: 0, status: { code: 0 } },
  }
}

test('spans go to the path and with the headers of the variables, and what waits goes at the end', async () => {
  const { origin, seen } = await receiver()
  const exporting = await exportingTo({
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: origin, OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-api-key=key' },
  })
  exporting.put(span('a'))
  await exporting.close()
  const resource = {
    attributes: expect.arrayContaining([{ key: 'service.name', value: { stringValue: 'audit' } }]),
  }
  expect(seen).toMatchObject([
    { path: '/v1/traces', headers: { 'x-api-key': 'key' }, resource, names: ['a'] },
  ])
})

test('if no variable says otherwise, 512 spans go in a request, every 5 seconds, and 2,048 may wait', async () => {
  const env = { OTEL_TRACES_EXPORTER: 'otlp' }
  const usual = { ratio: 1, intervalMs: 5_000, queueSize: 2_048, batchSize: 512 }
  expect(await readTracesExport(env, [], await commonSettings(env, []))).toMatchObject(usual)
})

test('spans are sent each interval, and before it when a batch is full', async () => {
  const { origin, seen } = await receiver()
  const slow = { OTEL_EXPORTER_OTLP_ENDPOINT: origin, OTEL_BSP_SCHEDULE_DELAY: '1000000' }
  const full = await exportingTo({ ...slow, OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2' })
  for (const name of ['a', 'b', 'c']) full.put(span(name))
  await expect.poll(() => seen.flatMap(({ names }) => names)).toEqual(['a', 'b', 'c'])
  await full.close()
  const often = await exportingTo({ ...slow, OTEL_BSP_SCHEDULE_DELAY: '10' })
  often.put(span('d'))
  await expect.poll(() => seen.at(-1)?.names).toEqual(['d'])
  await often.close()
})

test('while a receiver is down, so many spans wait as the queue has room for; all others are dropped and counted, with one warning of each', async () => {
  let status = 503
  const { origin, seen } = await receiver(() => status)
  const warnings: Warning[] = []
  const exporting = await exportingTo(
    { OTEL_EXPORTER_OTLP_ENDPOINT: origin, OTEL_BSP_SCHEDULE_DELAY: '20', OTEL_BSP_MAX_QUEUE_SIZE: '3' },
    warnings,
  )
  exporting.put(span('0'))
  await expect.poll(() => seen.length).toBeGreaterThanOrEqual(3)
  for (const name of ['1', '2', '3', '4', '5']) exporting.put(span(name))
  status = 200
  const taken = (): string[] => seen.filter((one) => one.status === 200).flatMap(({ names }) => names)
  await expect.poll(taken).toEqual(['0', '1', '2'])
  await exporting.close()
  expect(warnings.map(({ code }) => code)).toEqual(['spans_not_sent', 'spans_sent_again', 'spans_dropped'])
  expect(warnings[2]?.message).toMatch(/^3 spans were dropped/)
})

test('spans that a receiver refuses for what they are do not keep others from it', async () => {
  let status = 400
  const { origin, seen } = await receiver(() => status)
  const exporting = await exportingTo({ OTEL_EXPORTER_OTLP_ENDPOINT: origin, OTEL_BSP_SCHEDULE_DELAY: '20' })
  exporting.put(span('bad'))
  await expect.poll(() => seen.length).toBe(1)
  status = 200
  exporting.put(span('good'))
  await exporting.close()
  expect(seen.map(({ names }) => names)).toEqual([['bad'], ['good']])
})

test('a receiver that is down until the end is said once, with how many spans it did not get', async () => {
  const warnings: Warning[] = []
  const exporting = await exportingTo(
    { OTEL_EXPORTER_OTLP_ENDPOINT: await closedPort(), OTEL_BSP_SCHEDULE_DELAY: '10' },
    warnings,
  )
  exporting.put(span('a'))
  await expect.poll(() => warnings.length).toBe(1)
  await exporting.close()
  expect(warnings.map(({ code }) => code)).toEqual(['spans_not_sent', 'spans_dropped'])
  expect(warnings[1]?.message).toMatch(/^1 span /)
})

test('of the traces, about the given part is kept, each whole', () => {
  const kept: OtlpSpan[] = []
  const tracer = ownTracer(0.5, (one) => kept.push(one))
  const options = { startTime: [1, 0] as [number, number], attributes: {} }
  for (let count = 0; count < 400; count++) {
    const root = tracer.startSpan('root', options)
    tracer.startSpan('child', options, root).end([2, 0])
    root.end([3, 0])
  }
  const traces = Map.groupBy(kept, ({ traceId }) => traceId)
  for (const spans of traces.values()) expect(spans.map(({ name }) => name)).toEqual(['child', 'root'])
  // Outside of this once in 10^9 runs.
  expect(Math.abs(traces.size - 200)).toBeLessThan(65)
})

test.each([
  [{ OTEL_TRACES_SAMPLER: 'always_off' }, 0],
  [{}, 1],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }, 0.25],
])('%o keeps the part %d of the traces', async (env, ratio) => {
  expect(await readSettings({ ...json, ...env })).toMatchObject({ ratio })
})

test('every wrong variable is a problem with a good value', async () => {
  const problems: Problem[] = []
  const wrong = {
    ...{ OTEL_TRACES_EXPORTER: 'jaeger', OTEL_TRACES_SAMPLER: 'sometimes', OTEL_BSP_SCHEDULE_DELAY: '5s' },
    ...{ OTEL_BSP_MAX_QUEUE_SIZE: '0', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '-1' },
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'collector:4318',
  }
  await readSettings(wrong, problems)
  expect(problems.map(({ setting }) => setting).toSorted()).toEqual(Object.keys(wrong).toSorted())
  const argument: Problem[] = []
  await readSettings({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '10%' }, argument)
  expect(argument.map(({ setting }) => setting)).toEqual(['OTEL_TRACES_SAMPLER_ARG'])
  for (const { message } of [...problems, ...argument]) expect(message).toContain('A good value is ')
})

test.each([undefined, '', 'none', ' NONE '])('OTEL_TRACES_EXPORTER=%s sends nothing', (value) => {
  expect(wantsTracesExport({ OTEL_TRACES_EXPORTER: value })).toBe(false)
})

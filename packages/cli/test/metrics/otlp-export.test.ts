import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { closedPort } from '../../../../test/support/servers/listen.ts'
import { certificate } from '../../../core/test/support/certificates.ts'
import { commonSettings } from '../../src/config/common-settings.ts'
import { readMetricsExport, wantsMetricsExport } from '../../src/config/monitoring/metrics-export.ts'
import { otlpExport } from '../../src/metrics/otlp-export.ts'
import { newRegistry, type Registry } from '../../src/metrics/registry.ts'
import type { Problem, Warning } from '../../src/terminal/problem.ts'

interface Seen {
  readonly path: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** A receiver that answers as `status` says. */
async function receiver(status: () => number = () => 200): Promise<{ origin: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const bytes = Buffer.concat(parts)
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
    seen.push({ path: request.url, headers: request.headers, body })
    response.writeHead(status(), { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

const json = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json' }

async function exportingTo(registry: Registry, env: NodeJS.ProcessEnv, warnings: Warning[] = []) {
  const settings = await readMetricsExport(env, [], await commonSettings(env, []))
  if (!settings) throw new Error('There are problems.')
  return otlpExport(registry, settings, { 'service.name': 'audit' }, (warning) => void warnings.push(warning))
}

function headersFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-metrics-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'headers'), `${text}\n`)
  return join(folder, 'headers')
}

interface Written {
  readonly name: string
  readonly sum?: { readonly dataPoints: readonly { asDouble: number }[]; aggregationTemporality: number }
  readonly histogram?: {
    readonly dataPoints: readonly { count: string; sum: number; bucketCounts: readonly string[] }[]
    readonly aggregationTemporality: number
  }
}

const metricsIn = ({ body }: Seen): Written[] =>
  JSON.parse(body.toString()).resourceMetrics[0].scopeMetrics[0].metrics

function counting(): { registry: Registry; add(value: number): void } {
  const registry = newRegistry()
  let total = 0
  registry.createObservableCounter('c').addCallback((result) => result.observe(total))
  const histogram = registry.createHistogram('h', { advice: { explicitBucketBoundaries: [1] } })
  return {
    registry,
    add(value) {
      total += value
      histogram.record(value)
    },
  }
}

test('metrics go to the path and with the headers of the variables, and once more at the end', async () => {
  const { origin, seen } = await receiver()
  const { registry, add } = counting()
  add(3)
  const exporting = await exportingTo(registry, {
    ...json,
    OTEL_EXPORTER_OTLP_ENDPOINT: origin,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=all',
    OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'x-api-key=key',
  })
  await exporting.close()
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({ path: '/v1/metrics', headers: { 'x-tenant': 'all', 'x-api-key': 'key' } })
  const { resourceMetrics } = JSON.parse(seen[0]!.body.toString())
  expect(resourceMetrics[0].resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'audit' },
  })
  expect(metricsIn(seen[0]!)).toMatchObject([
    { name: 'c', sum: { dataPoints: [{ asDouble: 3 }], aggregationTemporality: 2, isMonotonic: true } },
    { name: 'h', histogram: { dataPoints: [{ count: '1', sum: 3, bucketCounts: ['0', '1'] }] } },
  ])
})

test('headers may come from a file', async () => {
  const { origin, seen } = await receiver()
  const exporting = await exportingTo(counting().registry, {
    ...json,
    OTEL_EXPORTER_OTLP_ENDPOINT: origin,
    OTEL_EXPORTER_OTLP_HEADERS_FILE: headersFile('x-api-key=from-a-file'),
  })
  await exporting.close()
  expect(seen[0]?.headers['x-api-key']).toBe('from-a-file')
})

test('second headers are used while the first are refused, which is said once', async () => {
  const refusing = await receiver(() => (seen().at(-1)?.headers['x-api-key'] === 'second' ? 200 : 401))
  const seen = (): Seen[] => refusing.seen
  const warnings: Warning[] = []
  const env = {
    ...json,
    OTEL_EXPORTER_OTLP_ENDPOINT: refusing.origin,
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_EXPORTER_OTLP_METRICS_HEADERS_FILE: headersFile('x-api-key=first'),
    OTEL_EXPORTER_OTLP_METRICS_SECOND_HEADERS_FILE: headersFile('x-api-key=second'),
  }
  const exporting = await exportingTo(counting().registry, env, warnings)
  await expect.poll(() => seen().length, { timeout: 200_000 }).toBeGreaterThanOrEqual(3)
  await exporting.close()
  expect(seen().map(({ headers }) => headers['x-api-key'])).toEqual([
    'first',
    ...seen()
      .slice(1)
      .map(() => 'second'),
  ])
  expect(warnings.map(({ code }) => code)).toEqual(['second_headers'])
}, 20_000)

test('certificates that cannot be used any more are said once, and the earlier ones still serve', async () => {
  const { origin, seen } = await receiver()
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-metrics-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { cert, key } = await certificate()
  writeFileSync(join(folder, 'cert'), cert)
  writeFileSync(join(folder, 'key'), key)
  const warnings: Warning[] = []
  const env = {
    ...{ ...json, OTEL_EXPORTER_OTLP_ENDPOINT: origin, OTEL_METRIC_EXPORT_INTERVAL: '1000' },
    OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE: join(folder, 'cert'),
    OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY: join(folder, 'key'),
  }
  const exporting = await exportingTo(counting().registry, env, warnings)
  await expect.poll(() => seen.length, { timeout: 200_000 }).toBe(1)
  writeFileSync(join(folder, 'cert'), 'no certificate')
  await expect.poll(() => warnings.map(({ code }) => code), { timeout: 200_000 }).toEqual(['old_credentials'])
  const before = seen.length
  await expect.poll(() => seen.length, { timeout: 200_000 }).toBeGreaterThan(before)
  await exporting.close()
  expect(warnings).toHaveLength(1)
  expect(warnings[0]?.message).toContain('OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE')
}, 60_000)

test('metrics are sent each interval', async () => {
  const { origin, seen } = await receiver()
  const exporting = await exportingTo(counting().registry, {
    ...json,
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: origin, OTEL_METRIC_EXPORT_INTERVAL: '1000' },
  })
  await expect.poll(() => seen.length).toBeGreaterThanOrEqual(2)
  await exporting.close()
})

test('as delta, an export has what came since the last one that arrived, and a failure is two warnings', async () => {
  let status = 200
  const warnings: Warning[] = []
  const { origin, seen } = await receiver(() => status)
  const { registry, add } = counting()
  const env = {
    ...json,
    OTEL_EXPORTER_OTLP_ENDPOINT: origin,
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
  }
  const exporting = await exportingTo(registry, env, warnings)
  add(3)
  await expect.poll(() => seen.length).toBe(1)
  status = 503
  add(4)
  await expect.poll(() => seen.length).toBe(2)
  status = 200
  await exporting.close()
  const sums = seen.map((one) => metricsIn(one)[0]?.sum?.dataPoints[0]?.asDouble)
  const counts = seen.map((one) => metricsIn(one)[1]?.histogram?.dataPoints[0]?.count)
  // The one that was refused is in the one after it.
  expect([sums.at(0), sums.at(1), sums.at(-1)]).toEqual([3, 4, 4])
  expect([counts.at(0), counts.at(1), counts.at(-1)]).toEqual(['1', '1', '1'])
  expect(warnings.map(({ code }) => code)).toEqual(['metrics_not_sent', 'metrics_sent_again'])
})

test('a receiver that is down is one warning, not one an export, and the end does not wait for it', async () => {
  const warnings: Warning[] = []
  const exporting = await exportingTo(
    counting().registry,
    { ...json, OTEL_EXPORTER_OTLP_ENDPOINT: await closedPort(), OTEL_METRIC_EXPORT_INTERVAL: '1000' },
    warnings,
  )
  await expect.poll(() => warnings.length).toBe(1)
  await exporting.close()
  expect(warnings.map(({ code }) => code)).toEqual(['metrics_not_sent'])
})

test('many series are several requests', async () => {
  const { origin, seen } = await receiver()
  const registry = newRegistry()
  registry.createObservableCounter('c').addCallback((result) => {
    for (let number = 0; number < 4_500; number++) result.observe(number, { number: String(number) })
  })
  const exporting = await exportingTo(registry, { ...json, OTEL_EXPORTER_OTLP_ENDPOINT: origin })
  await exporting.close()
  const points = seen.flatMap((one) => metricsIn(one).flatMap(({ sum }) => sum?.dataPoints ?? []))
  expect([seen.length, points.length]).toEqual([3, 4_500])
})

test('every wrong variable is a problem with a good value', async () => {
  const problems: Problem[] = []
  await readMetricsExport(
    {
      OTEL_METRICS_EXPORTER: 'prometheus,otlp',
      OTEL_METRIC_EXPORT_INTERVAL: '1s',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'collector:4318',
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'both',
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: 'base2_exponential_bucket_histogram',
    },
    problems,
    await commonSettings({}, problems),
  )
  expect(problems.map(({ setting }) => setting).toSorted()).toEqual([
    'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
    'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
    'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
    'OTEL_METRICS_EXPORTER',
    'OTEL_METRIC_EXPORT_INTERVAL',
  ])
  for (const { message } of problems) expect(message).toContain('A good value is ')
})

test.each([undefined, '', 'none', ' NONE '])('OTEL_METRICS_EXPORTER=%s sends nothing', (value) => {
  expect(wantsMetricsExport({ OTEL_METRICS_EXPORTER: value })).toBe(false)
})

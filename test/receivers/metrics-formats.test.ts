import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { expect, onTestFinished } from 'vitest'
import { commonSettings } from '../../packages/cli/src/config/common-settings.ts'
import { readMetricsExport } from '../../packages/cli/src/config/monitoring/metrics-export.ts'
import type { PipelineSettings } from '../../packages/cli/src/config/pipeline/pipeline-settings.ts'
import { otlpExport } from '../../packages/cli/src/metrics/otlp-export.ts'
import { type RunMetrics, runMetrics } from '../../packages/cli/src/metrics/run-metrics.ts'
import type { Fact } from '../../packages/core/src/index.ts'
import { metricDefinitions } from '../../packages/metrics/src/index.ts'
import { startCollector } from '../support/collector/collector.ts'
import { testWith } from '../support/collector/suite.ts'
import { requirePythonTool, testWithPython } from '../support/commands/python-suite.ts'
import { runWithInput } from '../support/commands/run-with-input.ts'
import { requirePrometheusTool, testWithPrometheus } from '../support/prometheus/suite.ts'

// Readers that others wrote judge what we export.

const testPromtool = testWithPrometheus('promtool')
const testPython = testWithPython('python')
const testCollector = testWith('otlp', 'file')

const names = ['a', 'quotes " and \\ and\nlines', '日本 😀']
const range = { from: '2026-10-01T00:00:00Z', until: '2026-10-03T00:00:00Z', upTo: '2026-10-02T00:00:00Z' }
const facts: Fact[] = [
  { type: 'page_read', events: 3, malformed: 0, bytes: 900, ms: 5, newestAt: undefined },
  { type: 'requested', status: 200, ms: 250, waitedMs: 5 },
  { type: 'write_accepted', records: 2, ms: 100, delaysMs: [0.5, 90_000_000] },
  { type: 'acknowledged', ms: 1_600 },
  { type: 'late', id: '1', delayMs: 1_000_000 },
  { type: 'covered', ...range, limitedBy: 'quota' },
  { type: 'committed', unsaved: 0, events: 2, ms: 1, newestAt: range.from, ageMs: 1, deletedInMs: 1 },
  { type: 'paused', part: 'sink', code: 'unauthorized', message: '', waitMs: 1 },
]

/** Pipelines with hostile names, to which everything has happened. */
function everything(): RunMetrics {
  const pipelines = names.map((name) => ({ name, destination: { kind: 'otlp' } }) as PipelineSettings)
  const metrics = runMetrics({ pipelines, requestsPerMinute: 1_200 }, [])
  metrics.reporter.started(
    names.map((pipeline) => ({ pipeline, lane: 'live' })),
    'state.db',
  )
  for (const pipeline of names)
    for (const fact of facts) metrics.reporter.fact({ pipeline, lane: 'live' }, fact)
  return metrics
}

testPromtool('promtool has nothing to say about the text', async () => {
  const promtool = requirePrometheusTool('promtool')
  const { body } = await everything().text('text/plain;version=0.0.4')
  expect(await runWithInput(promtool, ['check', 'metrics'], body)).toEqual({ code: 0, output: '' })
})

testPython('the parser of prometheus_client reads every series of OpenMetrics with its unit', async () => {
  const { body } = await everything().text('application/openmetrics-text;version=1.0.0')
  const script = `
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read
for family in read(sys.stdin.buffer.read().decode()):
    labels = [sample.labels.get("pipeline") for sample in family.samples]
    print(family.name, family.type, family.unit or "-", len(family.samples), ascii(sorted(set(filter(None, labels)))), sep="|")
`
  const { code, output } = await runWithInput(requirePythonTool('python'), ['-c', script], body)
  expect({ code, output }).toMatchObject({ code: 0 })
  const families = output.trimEnd().split('\n')
  expect(families).toHaveLength(Object.keys(metricDefinitions).length)
  expect(families).toContainEqual(
    expect.stringMatching(/^asana_audit_read_size_bytes\|counter\|bytes\|6\|\['a', 'quotes " and /),
  )
})

/** Sends everything to an OTLP receiver once. */
async function send(origin: string, protocol: string): Promise<void> {
  const settings = await readMetricsExport(
    { OTEL_EXPORTER_OTLP_ENDPOINT: origin, OTEL_EXPORTER_OTLP_PROTOCOL: protocol },
    [],
    await commonSettings({}, []),
  )
  if (!settings) throw new Error('There are problems.')
  const warnings: string[] = []
  await otlpExport(everything().registry, settings, {}, ({ message }) => warnings.push(message)).close()
  expect(warnings).toEqual([])
}

testPython.each(['http/json', 'http/protobuf'])(
  'over %s, the messages of opentelemetry-proto read every metric, and no field is unknown',
  async (protocol) => {
    const bodies: Buffer[] = []
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      bodies.push(gunzipSync(Buffer.concat(parts)))
      response.writeHead(200).end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, protocol)
    expect(bodies).toHaveLength(1)
    const script = `
import sys
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest as Request
body = sys.stdin.buffer.read()
if sys.argv[1] == "http/json":
    request = json_format.Parse(body.decode(), Request())
else:
    request = Request.FromString(body)
    kept = Request.FromString(body)
    kept.DiscardUnknownFields()
    assert kept == request and len(kept.SerializeToString()) == len(body), "unknown fields"
for metric in request.resource_metrics[0].scope_metrics[0].metrics:
    data = getattr(metric, metric.WhichOneof("data"))
    print(metric.name, metric.WhichOneof("data"), metric.unit, len(data.data_points), sep="|")
`
    const { code, output } = await runWithInput(
      requirePythonTool('python'),
      ['-c', script, protocol],
      bodies[0]!,
    )
    expect({ code, output }).toMatchObject({ code: 0 })
    const metrics = output.trimEnd().split('\n')
    expect(metrics.map((line) => line.split('|')[0]).toSorted()).toEqual(
      Object.values(metricDefinitions)
        .map(({ name }) => name)
        .toSorted(),
    )
    expect(metrics).toContain('asana_audit.read.size|sum|By|6')
    expect(metrics).toContain('asana_audit.delivery.delay|histogram|s|3')
  },
)

testCollector.each(['http/json', 'http/protobuf', 'grpc'])(
  'over %s, a real Collector writes down every metric with all its points',
  async (protocol) => {
    const collector = await startCollector((endpoint) => ({
      signal: 'metrics',
      receivers: { otlp: { protocols: { [protocol === 'grpc' ? 'grpc' : 'http']: { endpoint } } } },
    }))
    await send(collector.origin, protocol)
    const [written] = collector.written() as {
      resourceMetrics: { scopeMetrics: { metrics: Record<string, { dataPoints: unknown[] }>[] }[] }[]
    }[]
    const metrics = written!.resourceMetrics[0]!.scopeMetrics[0]!.metrics
    expect(metrics).toHaveLength(Object.keys(metricDefinitions).length)
    const size = metrics.find((metric) => (metric['name'] as unknown) === 'asana_audit.read.size')
    expect(size).toMatchObject({ unit: 'By', sum: { isMonotonic: true } })
    expect(size?.['sum']?.dataPoints).toHaveLength(6)
  },
)

import { gunzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { commonSettings } from '../../packages/cli/src/config/common-settings.ts'
import { readTracesExport } from '../../packages/cli/src/config/monitoring/traces-export.ts'
import type { PipelineSettings } from '../../packages/cli/src/config/pipeline/pipeline-settings.ts'
import { tracesObserver } from '../../packages/cli/src/traces/traces-observer.ts'
import { testPipeline } from '../../packages/cli/test/support/test-pipeline.ts'
import type { Fact } from '../../packages/core/src/index.ts'
import { laneAttributes, spanDefinitions } from '../../packages/metrics/src/index.ts'
import { startCollector } from '../support/collector/collector.ts'
import { testWith } from '../support/collector/suite.ts'
import { requirePythonTool, testWithPython } from '../support/commands/python-suite.ts'
import { runCommand } from '../support/commands/run-command.ts'
import { runWithInput } from '../support/commands/run-with-input.ts'
import { listen } from '../support/servers/listen.ts'

// Readers that others wrote judge the spans we export.

const testPython = testWithPython('python')
const testCollector = testWith('otlp', 'file')

const names = ['a', 'quotes " and \\ and\nlines', '日本 😀']
const facts: Fact[] = [
  { type: 'requested', status: 200, ms: 250, waitedMs: 5.5 },
  { type: 'requested', status: undefined, ms: 250, waitedMs: 0 },
  { type: 'write_accepted', records: 2, ms: 100, delaysMs: [0.5, 90_000_000] },
  { type: 'paused', part: 'sink', code: 'unauthorized', message: 'of a stranger', waitMs: 1 },
  {
    type: 'committed',
    unsaved: 0,
    events: 200,
    ms: 0,
    newestAt: undefined,
    ageMs: undefined,
    deletedInMs: undefined,
  },
]

/** Sends each span there is, of pipelines with hostile names. */
async function send(origin: string, protocol: string): Promise<void> {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: origin, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }
  const settings = await readTracesExport(env, [], await commonSettings(env, []))
  if (!settings) throw new Error('There are problems.')
  const pipelines = names.map((name) => ({ name, destination: { kind: 'otlp' } }) as PipelineSettings)
  const warnings: string[] = []
  const observer = tracesObserver(settings, { pipelines, resource: {} }, ({ message }) =>
    warnings.push(message),
  )
  for (const pipeline of names) for (const fact of facts) observer.fact({ pipeline, lane: 'live' }, fact)
  await observer.close()
  expect(warnings).toEqual([])
}

testPython.each(['http/json', 'http/protobuf'])(
  'over %s, the messages of opentelemetry-proto read every span, and no field is unknown',
  async (protocol) => {
    const bodies: Buffer[] = []
    const origin = await listen(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      bodies.push(gunzipSync(Buffer.concat(parts)))
      response.writeHead(200).end()
    })
    await send(origin, protocol)
    expect(bodies).toHaveLength(1)
    const script = `
import base64, json, sys
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest as Request
body = sys.stdin.buffer.read()
if sys.argv[1] == "http/json":
    # OTLP has ids in hexadecimal, where JSON of protobuf has Base64.
    def ids(value):
        if isinstance(value, list): return [ids(one) for one in value]
        if not isinstance(value, dict): return value
        return {key: base64.b64encode(bytes.fromhex(one)).decode() if key.endswith(("traceId", "panId")) else ids(one) for key, one in value.items()}
    request = json_format.ParseDict(ids(json.loads(body)), Request())
else:
    request = Request.FromString(body)
    kept = Request.FromString(body)
    kept.DiscardUnknownFields()
    assert kept == request, "unknown fields"
spans = request.resource_spans[0].scope_spans[0].spans
roots = {span.span_id: span for span in spans if not span.parent_span_id}
for span in spans:
    assert len(span.trace_id) == 16 and len(span.span_id) == 8 and span.kind == 1
    assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
    assert span.span_id in roots or roots[span.parent_span_id].trace_id == span.trace_id
    values = {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}
    error = values.get("error.type", "")
    print(span.name, span.status.code, values.get("asana_audit.budget.wait"), values.get("asana_audit.events"), error, len(span.events), sep="|")
print(ascii(sorted({one.value.string_value for span in spans for one in span.attributes if one.key == "asana_audit.pipeline"})))
`
    const { code, output } = await runWithInput(
      requirePythonTool('python'),
      ['-c', script, protocol],
      bodies[0]!,
    )
    expect({ code, output }).toMatchObject({ code: 0 })
    const lines = output.trimEnd().split('\n')
    const ofOne = [
      'asana_audit.poll|0|0.0055|None||0',
      'asana_audit.poll|2|0|None|no_answer|0',
      'asana_audit.write|0|None|None||0',
      'asana_audit.commit|0|None|200||0',
      'asana_audit.deliver|0|None|None||1',
    ]
    expect(lines.slice(0, -1)).toEqual(names.flatMap(() => ofOne))
    expect(lines.at(-1)).toBe(String.raw`['a', 'quotes " and \\ and\nlines', '\u65e5\u672c \U0001f600']`)
  },
)

interface WrittenSpans {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string
        readonly traceId: string
        readonly attributes: readonly { readonly key: string }[]
      }[]
    }[]
  }[]
}

testCollector.each(['http/json', 'http/protobuf', 'grpc'])(
  'over %s, a real Collector writes down the spans of a run, in one trace to the saved position, and nothing secret',
  async (protocol) => {
    const collector = await startCollector((endpoint) => ({
      signal: 'traces',
      receivers: { otlp: { protocols: { [protocol === 'grpc' ? 'grpc' : 'http']: { endpoint } } } },
    }))
    await using pipeline = await testPipeline({ events: 30 })
    const env = {
      ...pipeline.env,
      ...{
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.origin + (protocol === 'grpc' ? '' : '/v1/traces'),
      },
      ...{ OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-api-key=secret-key' },
    }
    const ran = await runCommand(['run', '--once', ...pipeline.to], { env })
    expect(ran).toMatchObject({ code: 0 })
    const written = collector.written() as WrittenSpans[]
    const spans = written.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans)),
    )
    const defined = Object.values(spanDefinitions)
    expect(new Set(spans.map(({ name }) => name))).toEqual(new Set(defined.map(({ name }) => name)))
    const traces = [...Map.groupBy(spans, ({ traceId }) => traceId).values()]
    const delivered = traces.find((trace) => trace.some(({ name }) => name === 'asana_audit.write'))
    expect(delivered?.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['asana_audit.poll', 'asana_audit.commit', 'asana_audit.deliver']),
    )
    for (const { name, attributes } of spans) {
      const own = defined.find((one) => one.name === name)?.attributes ?? []
      const unknown = attributes.filter(({ key }) => ![...laneAttributes, ...own].includes(key))
      expect(unknown, name).toEqual([])
    }
    expect(JSON.stringify(written)).not.toMatch(/simulator-token|secret-key/)
  },
)

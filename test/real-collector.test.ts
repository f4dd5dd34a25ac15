import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { asanaSource, type Delivered, deliver, memoryState, type OnFact } from '../packages/core/src/index.ts'
import {
  type AuditLogEvent,
  auditResourceAttributes,
  fromLogRecord,
  type Instant,
  toLogRecord,
} from '../packages/schema/src/index.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../packages/simulator/src/index.ts'
import { asanaHecEvent, type HecEvent, hecSink, otelHecEvent } from '../packages/splunk-hec/src/index.ts'
import { componentsOf } from '../scripts/collector/components.ts'
import { collectorPath } from '../scripts/collector/location.ts'
import { startAsana, token, workspace } from './support/asana-server.ts'
import { type Collector, type CollectorConfig, startCollector } from './support/collector.ts'
import { type ExpectationOptions, expectedHecLog, expectedLog } from './support/collector-expectation.ts'
import type { ArrivedLog } from './support/collector-output.ts'
import { hostileEvents } from './support/hostile-events.ts'
import { runCommand, startCommand, temporaryFolder } from './support/run-command.ts'

// A collector as everybody has it, not one of our own making: what it accepted is compared with what it wrote down.

const binary = collectorPath(process.env) ?? ''
const components = binary ? componentsOf(binary) : new Set<string>()
const withCollector = test.runIf(components.has('otlp'))
const withSplunkHec = test.runIf(components.has('splunk_hec'))
const withJsonFile = test.runIf(components.has('otlp_json_file'))

let ran = 0
afterEach(({ task }) => {
  if (task.result?.state === 'pass' && task.name !== 'there is a collector') ran += 1
})
afterAll(() => {
  const found = binary || 'no collector; `pnpm setup:collector` builds one'
  process.stdout.write(`${ran} real-receiver tests passed (${found})\n`)
})

test.runIf(process.env['REQUIRE_COLLECTOR'] === '1')('there is a collector', () => {
  expect([...components]).toEqual(expect.arrayContaining(['otlp', 'file', 'memory_limiter']))
})

const patient = { timeout: 30_000, interval: 50 }
/** To act in the middle of something. */
const impatient = { ...patient, interval: 5 }

/** `settings`: of the receiver's HTTP server. */
function otlp(endpoint: string, settings: object = {}): CollectorConfig {
  return { receivers: { otlp: { protocols: { http: { endpoint, ...settings } } } } }
}

/** With a memory limiter in front. A mebibyte is less than a collector at rest uses, so that it refuses everything. */
function limitedTo(mebibytes: number, config: CollectorConfig): CollectorConfig {
  const limits = { check_interval: '50ms', limit_mib: mebibytes, spike_limit_mib: 0 }
  return { ...config, processors: { memory_limiter: limits } }
}

async function simulate(options: SimulatorOptions): Promise<Simulator & { env: Record<string, string> }> {
  const simulator = await startSimulator(options)
  onTestFinished(() => simulator.close())
  const { url, workspace: gid } = simulator
  const env = { ASANA_BASE_URL: url, ASANA_WORKSPACE: gid, ASANA_TOKEN: 'simulator-token' }
  return Object.assign(simulator, { env })
}

function gidOf({ attributes }: ArrivedLog): string {
  return fromLogRecord({ attributes }).gid
}

/** Every event has arrived, once, and exactly as `toLogRecord` says. */
function expectWhole(
  arrived: readonly ArrivedLog[],
  events: readonly unknown[],
  options: ExpectationOptions & { since: number },
): void {
  const expected = new Map(
    events.map((event) => [(event as { gid: string }).gid, expectedLog(event, options)]),
  )
  expect(new Set(arrived.map(gidOf))).toEqual(new Set(expected.keys()))
  expect(arrived.length).toBe(events.length)
  for (const log of arrived) {
    const { observedTimeUnixNano, ...rest } = log
    expect(rest).toEqual(expected.get(gidOf(log)))
    const observed = Number(observedTimeUnixNano / 1_000_000n)
    expect(observed).toBeGreaterThanOrEqual(options.since)
    expect(observed).toBeLessThanOrEqual(Date.now())
  }
}

/** Every event has arrived, once or more often. */
function expectAll(arrived: readonly ArrivedLog[], { events }: Simulator): void {
  expect(new Set(arrived.map(gidOf))).toEqual(new Set(events.map(({ gid }) => gid)))
}

function ontoOtlp(): string[] {
  return ['run', '--once', '--to', 'otlp', '--state', join(temporaryFolder(), 'state.db')]
}

const hostile = hostileEvents(1_200)

withCollector.each([
  ['http/protobuf', 'gzip'],
  ['http/protobuf', 'none'],
  ['http/json', 'gzip'],
  ['http/json', 'none'],
])(
  'over %s with compression %s, every hostile event arrives once and exact',
  async (protocol, compression) => {
    const since = Date.now()
    const asana = await startAsana({ events: hostile.map(({ json }) => json) })
    const collector = await startCollector(binary, otlp)
    const env = {
      ...asana.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_COMPRESSION: compression,
    }
    const args = ontoOtlp()

    expect(await runCommand(args, { env })).toMatchObject({ code: 0 })

    const events = hostile.map(({ value }) => value)
    expectWhole(collector.arrived(), events, { workspace, since })
  },
)

withCollector.each(['http/protobuf', 'http/json'])(
  'over %s, details in structure arrive exact and every event can be rebuilt',
  async (protocol) => {
    const since = Date.now()
    const asana = await startAsana({ events: hostile.map(({ json }) => json) })
    const collector = await startCollector(binary, otlp)
    const folder = temporaryFolder()
    const config = join(folder, 'config.yaml')
    const pipeline = {
      workspace,
      token_env: 'ASANA_TOKEN',
      base_url: asana.baseUrl,
      details: 'structured',
      to: [{ otlp: { endpoint: `${collector.origin}/v1/logs`, protocol } }],
    }
    // JSON is YAML.
    writeFileSync(config, JSON.stringify({ state: join(folder, 'state.db'), pipelines: [pipeline] }))

    const done = await runCommand(['run', '--once', '--config', config], { env: asana.env })

    expect(done).toMatchObject({ code: 0 })
    const events = hostile.map(({ value }) => value)
    expectWhole(collector.arrived(), events, { workspace, details: 'structured', since })
  },
)

withCollector('every catalogued type of event arrives once and exact', async () => {
  const since = Date.now()
  const simulator = await simulate({ events: 1_000 })
  const collector = await startCollector(binary, otlp)
  const env = { ...simulator.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin }
  const args = ontoOtlp()

  expect(await runCommand(args, { env })).toMatchObject({ code: 0 })

  expectWhole(collector.arrived(), simulator.events, { workspace: simulator.workspace, since })
})

withCollector('killed again and again in the middle of a run, it has every event in the end', async () => {
  const simulator = await simulate({ events: 10_000, latencyMs: 10 })
  const collector = await startCollector(binary, otlp)
  const env = { ...simulator.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin }
  const running = startCommand([...ontoOtlp(), '--limit', '100'], { env })
  const retries = (): number => running.stderr().split('"message":"retrying"').length - 1

  for (let kill = 1; kill <= 3; kill++) {
    const before = collector.arrived().length
    await vi.waitFor(() => expect(collector.arrived().length).toBeGreaterThan(before), impatient)
    const missed = retries()
    await collector.kill()
    await vi.waitFor(() => expect(retries()).toBeGreaterThan(missed), impatient)
    await collector.start()
  }

  expect(await running.finished).toMatchObject({ code: 0 })
  expectAll(collector.arrived(), simulator)
})

withCollector(
  'while its memory limiter refuses, we wait, and everything arrives when it recovers',
  async () => {
    const simulator = await simulate({ events: 2_000 })
    const collector = await startCollector(binary, (endpoint) => limitedTo(1, otlp(endpoint)))
    const env = { ...simulator.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin }
    const args = ontoOtlp()
    const running = startCommand(args, { env })
    await vi.waitFor(() => expect(running.stderr()).toContain('"code":"unavailable"'), patient)
    expect(collector.arrived()).toEqual([])

    await collector.reload(limitedTo(4_000, otlp(new URL(collector.origin).host)))

    expect(await running.finished).toMatchObject({ code: 0 })
    expectAll(collector.arrived(), simulator)
    expect(collector.arrived().length).toBe(simulator.events.length)
  },
)

withCollector(
  'requests larger than it takes are halved until they fit, and nothing is set aside',
  async () => {
    const simulator = await simulate({ events: 2_000 })
    const collector = await startCollector(binary, (endpoint) =>
      otlp(endpoint, { max_request_body_size: 100_000 }),
    )
    const env = { ...simulator.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin }
    const args = ontoOtlp()

    expect(await runCommand(args, { env })).toMatchObject({ code: 0 })

    expectAll(collector.arrived(), simulator)
    expect(collector.arrived().length).toBe(simulator.events.length)
  },
)

withJsonFile(
  'a file of ours, read by its otlp_json_file receiver, gives every hostile event exact',
  async () => {
    const since = Date.now()
    const asana = await startAsana({ events: hostile.map(({ json }) => json) })
    const folder = temporaryFolder()
    const path = join(folder, 'audit.jsonl')
    const args = ['run', '--once', '--to', `file:${path}`, '--state', join(folder, 'state.db')]
    expect(await runCommand(args, { env: asana.env })).toMatchObject({ code: 0 })

    const collector = await startCollector(binary, () => ({
      receivers: { otlp_json_file: { include: [path], start_at: 'beginning' } },
    }))
    await vi.waitFor(() => expect(collector.arrived().length).toBeGreaterThanOrEqual(hostile.length), patient)

    const events = hostile.map(({ value }) => value)
    expectWhole(collector.arrived(), events, { workspace, since })
  },
)

const resource = auditResourceAttributes({ workspace })
/** Stands in for the times that OTLP cannot carry. */
const observedTimestamp: Instant = [1_767_225_600, 0]
const formats: readonly [name: string, map: (event: AuditLogEvent) => HecEvent][] = [
  ['asana', (event) => asanaHecEvent(event)],
  ['otel', (event) => otelHecEvent(toLogRecord(event, { observedTimestamp }), { resource })],
]

const splunkHec = (endpoint: string, settings: object = {}): CollectorConfig => ({
  receivers: { splunk_hec: { endpoint, ...settings } },
})

interface HecDelivery {
  readonly asana: { readonly baseUrl: string; readonly workspace: string; readonly token: string }
  readonly collector: Collector
  readonly map?: (event: AuditLogEvent) => HecEvent
  readonly onEvent?: OnFact
}

async function deliverOverHec(delivery: HecDelivery): Promise<Delivered> {
  const { asana, collector, map = (event) => asanaHecEvent(event), onEvent } = delivery
  const source = asanaSource({ ...asana, once: true })
  const sink = hecSink({ endpoint: collector.origin, token: 'any', host: asana.workspace })
  onTestFinished(() => sink.close?.())
  const claim = await memoryState().claim('hec')
  const lane = await claim.lane('live', source.fingerprint)
  return await deliver({ source, map, sink, lane, onFatal: 'reject', onEvent })
}

/** What `simulate` serves, for a source of our own. */
function served({ url, workspace: gid }: Simulator): HecDelivery['asana'] {
  return { baseUrl: url, workspace: gid, token: 'simulator-token' }
}

withSplunkHec.each(formats)(
  'over HEC in the format %s, every hostile event arrives once and whole',
  async (_, map) => {
    // Half a surrogate pair ends as U+FFFD in there, so that two of these gids would be one.
    const events = hostile.filter(({ gid }) => gid.isWellFormed())
    const { baseUrl } = await startAsana({ events: events.map(({ json }) => json) })
    const collector = await startCollector(binary, splunkHec)

    const delivered = await deliverOverHec({ asana: { baseUrl, workspace, token }, collector, map })

    expect(delivered).toMatchObject({ delivered: events.length, quarantined: 0 })
    const byGid = new Map(events.map(({ gid, value }) => [gid, expectedHecLog(value, map, workspace)]))
    const arrived = collector.arrived()
    expect(new Set(arrived.map(hecGid))).toEqual(new Set(byGid.keys()))
    expect(arrived.length).toBe(events.length)
    for (const log of arrived) {
      const { timeMs, ...expected } = byGid.get(hecGid(log)) ?? {}
      const { timeUnixNano, ...rest } = log
      expect(rest).toEqual(expected)
      // The receiver reads times as floating point, and those outside these years as other times.
      if (timeMs && timeMs > 0 && timeMs < Date.UTC(2286, 0))
        expect(Math.round(Number(timeUnixNano) / 1e6)).toBe(timeMs)
    }
  },
)

withSplunkHec('over HEC, requests larger than it takes are halved until they fit', async () => {
  const simulator = await simulate({ events: 2_000 })
  const collector = await startCollector(binary, (endpoint) =>
    splunkHec(endpoint, { max_request_body_size: 20_000 }),
  )

  const delivered = await deliverOverHec({ asana: served(simulator), collector })

  expect(delivered).toMatchObject({ delivered: 2_000, quarantined: 0 })
  expect(collector.arrived().length).toBe(2_000)
  expect(new Set(collector.arrived().map(hecGid))).toEqual(new Set(simulator.events.map(({ gid }) => gid)))
})

withSplunkHec('over HEC, while its memory limiter refuses, we wait, and everything arrives', async () => {
  const simulator = await simulate({ events: 2_000 })
  const collector = await startCollector(binary, (endpoint) => limitedTo(1, splunkHec(endpoint)))
  const codes: string[] = []
  const delivery = deliverOverHec({
    asana: served(simulator),
    collector,
    onEvent: (fact) => {
      if (fact.type === 'retrying') codes.push(fact.code)
    },
  })
  // This receiver has but one word for all that goes wrong behind it.
  await vi.waitFor(() => expect(codes).toContain('server_error'), patient)
  expect(collector.arrived()).toEqual([])

  await collector.reload(limitedTo(4_000, splunkHec(new URL(collector.origin).host)))

  expect(await delivery).toMatchObject({ delivered: 2_000, quarantined: 0 })
  expect(collector.arrived().length).toBe(2_000)
})

function hecGid({ attributes }: ArrivedLog): string {
  return String(attributes['asana_gid'] ?? attributes['asana.audit.gid'])
}

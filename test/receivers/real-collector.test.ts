import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { fromLogRecord } from '../../packages/schema/src/index.ts'
import type { Simulator } from '../../packages/simulator/src/index.ts'
import { startAsana, workspace } from '../support/asana-server.ts'
import { type CollectorConfig, limitedTo, startCollector } from '../support/collector/collector.ts'
import { type ExpectationOptions, expectedLog } from '../support/collector/expectation.ts'
import type { ArrivedLog } from '../support/collector/output.ts'
import { simulate, testWith } from '../support/collector/suite.ts'
import { hostileEvents } from '../support/hostile-events.ts'
import { runCommand, startCommand, temporaryFolder } from '../support/run-command.ts'

// The Collector that others wrote and use: what it accepted is compared with what it wrote.

const testOtlp = testWith('otlp', 'file', 'memory_limiter')
const testJsonFile = testWith('otlp_json_file', 'file')
const patient = { timeout: 300_000, interval: 50 }
/** Functions to act in the middle of a delivery. */
const impatient = { ...patient, interval: 5 }

/** `settings` are those of the HTTP server of the receiver. */
function otlp(endpoint: string, settings: object = {}): CollectorConfig {
  return { receivers: { otlp: { protocols: { http: { endpoint, ...settings } } } } }
}

function gidOf({ attributes }: ArrivedLog): string {
  return fromLogRecord({ attributes }).gid
}

/** Expects that every event has arrived once, exactly as `toLogRecord` maps it. */
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

/** Expects that every event has arrived at least once. */
function expectAll(arrived: readonly ArrivedLog[], { events }: Simulator): void {
  expect(new Set(arrived.map(gidOf))).toEqual(new Set(events.map(({ gid }) => gid)))
}

function ontoOtlp(): string[] {
  return ['run', '--once', '--to', 'otlp', '--state', join(temporaryFolder(), 'state.db')]
}

const hostile = hostileEvents(1_200)

testOtlp.each([
  ['http/protobuf', 'gzip'],
  ['http/protobuf', 'none'],
  ['http/json', 'gzip'],
  ['http/json', 'none'],
])(
  'over %s with compression %s, every hostile event arrives once and exact',
  async (protocol, compression) => {
    const since = Date.now()
    const asana = await startAsana({ events: hostile.map(({ json }) => json) })
    const collector = await startCollector(otlp)
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

testOtlp.each(['http/protobuf', 'http/json'])(
  'over %s, details in structure arrive exact and every event can be rebuilt',
  async (protocol) => {
    const since = Date.now()
    const asana = await startAsana({ events: hostile.map(({ json }) => json) })
    const collector = await startCollector(otlp)
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

testOtlp('an event of every type of the catalogue arrives once and unchanged', async () => {
  const since = Date.now()
  const { simulator, env: asana } = await simulate({ events: 1_000 })
  const collector = await startCollector(otlp)
  const env = { ...asana, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin }
  const args = ontoOtlp()

  expect(await runCommand(args, { env })).toMatchObject({ code: 0 })

  expectWhole(collector.arrived(), simulator.events, { workspace: simulator.workspace, since })
})

testOtlp('the Collector has every event after kills in the middle of a run', async () => {
  const { simulator, env: asana } = await simulate({ events: 10_000, latencyMs: 10 })
  const collector = await startCollector(otlp)
  const env = { ...asana, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin }
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

testOtlp('delivery waits while the memory limiter refuses, and everything arrives afterwards', async () => {
  const { simulator, env: asana } = await simulate({ events: 2_000 })
  const collector = await startCollector((endpoint) => limitedTo(1, otlp(endpoint)))
  const env = { ...asana, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin }
  const args = ontoOtlp()
  const running = startCommand(args, { env })
  await vi.waitFor(() => expect(running.stderr()).toContain('"code":"unavailable"'), patient)
  expect(collector.arrived()).toEqual([])

  await collector.reload(limitedTo(4_000, otlp(new URL(collector.origin).host)))

  expect(await running.finished).toMatchObject({ code: 0 })
  expectAll(collector.arrived(), simulator)
  expect(collector.arrived().length).toBe(simulator.events.length)
})

testOtlp('requests that are too large are halved until they fit, and nothing is quarantined', async () => {
  const { simulator, env: asana } = await simulate({ events: 2_000 })
  const collector = await startCollector((endpoint) => otlp(endpoint, { max_request_body_size: 100_000 }))
  const env = { ...asana, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin }
  const args = ontoOtlp()

  expect(await runCommand(args, { env })).toMatchObject({ code: 0 })

  expectAll(collector.arrived(), simulator)
  expect(collector.arrived().length).toBe(simulator.events.length)
})

testJsonFile(
  'a file of ours, read by its otlp_json_file receiver, gives every hostile event exact',
  async () => {
    const since = Date.now()
    const asana = await startAsana({ events: hostile.map(({ json }) => json) })
    const folder = temporaryFolder()
    const path = join(folder, 'audit.jsonl')
    const args = ['run', '--once', '--to', `file:${path}`, '--state', join(folder, 'state.db')]
    expect(await runCommand(args, { env: asana.env })).toMatchObject({ code: 0 })

    const collector = await startCollector(() => ({
      receivers: { otlp_json_file: { include: [path], start_at: 'beginning' } },
    }))
    await vi.waitFor(() => expect(collector.arrived().length).toBeGreaterThanOrEqual(hostile.length), patient)

    const events = hostile.map(({ value }) => value)
    expectWhole(collector.arrived(), events, { workspace, since })
  },
)

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { authority, certificate } from '../../packages/core/test/support/certificates.ts'
import { fromLogRecord } from '../../packages/schema/src/index.ts'
import type { Simulator } from '../../packages/simulator/src/index.ts'
import { type CollectorConfig, limitedTo, startCollector } from '../support/collector/collector.ts'
import { type ExpectationOptions, expectedLog } from '../support/collector/expectation.ts'
import type { ArrivedLog } from '../support/collector/output.ts'
import { simulate, testWith } from '../support/collector/suite.ts'
import { runCommand, startCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { hostileEvents } from '../support/data/hostile-events.ts'
import { startAsana, workspace } from '../support/servers/asana-server.ts'

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

/** `settings` are those of the gRPC server of the receiver. */
function otlpGrpc(endpoint: string, settings: object = {}): CollectorConfig {
  return { receivers: { otlp: { protocols: { grpc: { endpoint, ...settings } } } } }
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

function to(collector: { readonly origin: string }, protocol: string): Record<string, string> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }
}

function ontoOtlp(): string[] {
  return ['run', '--once', '--to', 'otlp', '--state', join(temporaryFolder(), 'state.db')]
}

const hostile = hostileEvents(1_200)

testOtlp.each([
  ['http/protobuf', 'gzip'],
  ['http/protobuf', 'zstd'],
  ['http/protobuf', 'none'],
  ['http/json', 'gzip'],
  ['http/json', 'none'],
  ['grpc', 'gzip'],
  ['grpc', 'zstd'],
  ['grpc', 'none'],
])(
  'over %s with compression %s, every hostile event arrives once and exact',
  async (protocol, compression) => {
    const since = Date.now()
    const asana = await startAsana({ events: hostile.map(({ json }) => json) })
    const collector = await startCollector(protocol === 'grpc' ? otlpGrpc : otlp)
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

const transports = [
  ['http/protobuf', otlp],
  ['grpc', otlpGrpc],
] as const

testOtlp.each(transports)(
  'over %s, the Collector has every event after kills in the middle of a run',
  async (protocol, receiver) => {
    const { simulator, env: asana } = await simulate({ events: 10_000, latencyMs: 10 })
    const collector = await startCollector(receiver)
    const env = { ...asana, ...to(collector, protocol) }
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
  },
)

testOtlp.each(transports)(
  'over %s, delivery waits while the memory limiter refuses, and everything arrives afterwards',
  async (protocol, receiver) => {
    const { simulator, env: asana } = await simulate({ events: 2_000 })
    const collector = await startCollector((endpoint) => limitedTo(1, receiver(endpoint)))
    const running = startCommand(ontoOtlp(), { env: { ...asana, ...to(collector, protocol) } })
    await vi.waitFor(() => expect(running.stderr()).toContain('"code":"unavailable"'), patient)
    expect(collector.arrived()).toEqual([])

    await collector.reload(limitedTo(4_000, receiver(new URL(collector.origin).host)))

    expect(await running.finished).toMatchObject({ code: 0 })
    expectAll(collector.arrived(), simulator)
    expect(collector.arrived().length).toBe(simulator.events.length)
  },
)

testOtlp.each([
  ['http/protobuf', otlp, { max_request_body_size: 100_000 }],
  // Counted before compression.
  ['grpc', otlpGrpc, { max_recv_msg_size_mib: 1 }],
] as const)(
  'over %s, requests that are too large are halved until they fit, and nothing is quarantined',
  async (protocol, receiver, limit) => {
    const { simulator, env: asana } = await simulate({ events: 2_000 })
    const collector = await startCollector((endpoint) => receiver(endpoint, limit))

    expect(await runCommand(ontoOtlp(), { env: { ...asana, ...to(collector, protocol) } })).toMatchObject({
      code: 0,
    })

    expectAll(collector.arrived(), simulator)
    expect(collector.arrived().length).toBe(simulator.events.length)
  },
)

testOtlp('over gRPC, delivery goes on over new connections when the Collector ends old ones', async () => {
  const { simulator, env: asana } = await simulate({ events: 5_000, latencyMs: 10 })
  // GOAWAY after this age; what is under way is answered.
  const keepalive = { server_parameters: { max_connection_age: '20ms', max_connection_age_grace: '60s' } }
  const collector = await startCollector((endpoint) => otlpGrpc(endpoint, { keepalive }))

  const done = await runCommand([...ontoOtlp(), '--limit', '100'], {
    env: { ...asana, ...to(collector, 'grpc') },
  })

  expect(done).toMatchObject({ code: 0 })
  expectAll(collector.arrived(), simulator)
  expect(collector.arrived().length).toBe(simulator.events.length)
})

testOtlp('over gRPC with TLS on both sides, check says that it works, and every event arrives', async () => {
  const { simulator, env: asana } = await simulate({ events: 500 })
  const folder = temporaryFolder()
  const ca = await authority('Test authority')
  const pems = {
    ca,
    server: await certificate({ issuer: ca }),
    client: await certificate({ issuer: ca, name: 'client' }),
  }
  for (const [name, { cert, key }] of Object.entries(pems)) {
    writeFileSync(join(folder, `${name}.pem`), cert)
    writeFileSync(join(folder, `${name}-key.pem`), key)
  }
  const file = (name: string): string => join(folder, `${name}.pem`)
  const tls = { cert_file: file('server'), key_file: file('server-key'), client_ca_file: file('ca') }
  const collector = await startCollector((endpoint) => otlpGrpc(endpoint, { tls }))
  const env = {
    ...asana,
    ...to(collector, 'grpc'),
    OTEL_EXPORTER_OTLP_ENDPOINT: `localhost:${new URL(collector.origin).port}`,
    OTEL_EXPORTER_OTLP_CERTIFICATE: file('ca'),
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: file('client'),
    OTEL_EXPORTER_OTLP_CLIENT_KEY: file('client-key'),
  }

  const checked = await runCommand(['check', '--to', 'otlp'], { env })
  expect(checked.stdout).toContain('accepts logs over OTLP/gRPC')
  expect(await runCommand(ontoOtlp(), { env })).toMatchObject({ code: 0 })

  expectAll(collector.arrived(), simulator)
})

const plainPorts: readonly [string, string, typeof otlp, RegExp][] = [
  ['gRPC on the port of HTTP', 'grpc', otlp, /speaks no HTTP\/2, which gRPC needs.*4317.*4318/],
  ['HTTP on the port of gRPC', 'http/protobuf', otlpGrpc, /speaks only HTTP\/2.*4318.*grpc/],
]
testOtlp.each(plainPorts)('check names %s, with the next step', async (_, protocol, receiver, said) => {
  const { env: asana } = await simulate({ events: 1 })
  const collector = await startCollector(receiver)
  const checked = await runCommand(['check', '--to', 'otlp'], {
    env: { ...asana, ...to(collector, protocol) },
  })
  expect(checked.code).toBe(1)
  expect(checked.stdout.replaceAll(/\s+/g, ' ')).toMatch(said)
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

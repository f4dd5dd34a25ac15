import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { auditScope } from '@asana-audit/schema'
import { startSimulator } from '@asana-audit/simulator'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { exampleNode } from '../../test/support/pages/example-node.ts'
import { listen } from '../../test/support/servers/listen.ts'

interface KeyValue {
  key: string
  value: { stringValue?: string }
}

/** The parts of an ExportLogsServiceRequest looked at here, https://opentelemetry.io/docs/specs/otlp/. */
interface ExportRequest {
  resourceLogs: {
    resource: { attributes: KeyValue[] }
    scopeLogs: {
      scope: { name: string }
      logRecords: { eventName?: string; timeUnixNano: string; attributes: KeyValue[] }[]
    }[]
  }[]
}

const attribute = (attributes: KeyValue[], key: string): string | undefined =>
  attributes.find((one) => one.key === key)?.value.stringValue

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opentelemetry-sdk-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function startAsana(events: number) {
  const simulator = await startSimulator({ events })
  onTestFinished(() => simulator.close())
  const env = {
    ASANA_BASE_URL: simulator.url,
    ASANA_TOKEN: 'simulator-token',
    ASANA_WORKSPACE: simulator.workspace,
    STATE_PATH: join(folder, 'state.db'),
  }
  return { simulator, env }
}

/** An OTLP receiver that answers 500 to these requests, counted from 1. */
async function startReceiver(failing: readonly number[] = []) {
  const requests: ExportRequest[] = []
  let count = 0
  const origin = await listen(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString()
    count += 1
    if (failing.includes(count)) return response.writeHead(500).end()
    requests.push(JSON.parse(body))
    return response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  const uids = (): string[] =>
    requests.flatMap(({ resourceLogs }) =>
      resourceLogs.flatMap(({ scopeLogs }) =>
        scopeLogs.flatMap(({ logRecords }) =>
          logRecords.flatMap(({ attributes }) => attribute(attributes, 'log.record.uid') ?? []),
        ),
      ),
    )
  return { env: { OTEL_EXPORTER_OTLP_ENDPOINT: origin }, requests, uids }
}

const run = (env: Record<string, string>): Promise<{ stdout: string }> =>
  promisify(execFile)(exampleNode, ['main.ts', '--once'], { cwd: import.meta.dirname, env })

test("every event goes through the host's own SDK, with its resource, and a second run emits none again", async () => {
  const [{ simulator, env }, receiver] = [await startAsana(1_500), await startReceiver()]
  const first = await run({ ...env, ...receiver.env })
  expect(first.stdout).toContain('delivered: 1500, quarantined: 0')
  const second = await run({ ...env, ...receiver.env })
  expect(second.stdout).toContain('delivered: 0, quarantined: 0')

  const logs = receiver.requests.flatMap(({ resourceLogs }) => resourceLogs)
  for (const { resource } of logs)
    expect(attribute(resource.attributes, 'service.name')).toBe('our-application')
  const records = logs.flatMap(({ scopeLogs }) =>
    scopeLogs.flatMap(({ scope, logRecords }) => (scope.name === auditScope.name ? logRecords : [])),
  )
  const arrived = records.map(({ eventName, timeUnixNano, attributes }) => ({
    gid: attribute(attributes, 'log.record.uid'),
    workspace: attribute(attributes, 'asana.workspace.gid'),
    name: eventName,
    ms: Number(BigInt(timeUnixNano) / 1_000_000n),
  }))
  const sent = simulator.events.map(({ gid, event_type, created_at }) => ({
    gid,
    workspace: simulator.workspace,
    name: `asana.audit.${event_type}`,
    ms: Date.parse(created_at),
  }))
  expect(new Set(arrived.map((record) => JSON.stringify(record)))).toEqual(
    new Set(sent.map((record) => JSON.stringify(record))),
  )
})

test('what an exporter failed to send is emitted again', async () => {
  const [{ simulator, env }, receiver] = [await startAsana(1_000), await startReceiver([1, 2, 4])]
  const { stdout } = await run({ ...env, ...receiver.env })
  expect(stdout).toContain('delivered: 1000, quarantined: 0')
  expect(new Set(receiver.uids())).toEqual(new Set(simulator.events.map(({ gid }) => gid)))
})

test('the exporter to Splunk of this project works the same way', async () => {
  const { simulator, env } = await startAsana(700)
  const gids: string[] = []
  let posts = 0
  const splunk = await listen(async (request, response) => {
    const sent = Buffer.concat(await request.toArray())
    const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent).toString()
    posts += 1
    if (posts === 2) return response.writeHead(503).end('{"text":"Server is busy","code":9}')
    gids.push(...[...body.matchAll(/"log\.record\.uid":"(\d+)"/g)].map(([, gid]) => gid!))
    return response.end('{"text":"Success","code":0}')
  })
  const hec = { SPLUNK_HEC_URL: splunk, SPLUNK_HEC_TOKEN: 'c0ffee00-0000-4000-8000-000000000001' }
  expect((await run({ ...env, ...hec })).stdout).toContain('delivered: 700, quarantined: 0')
  expect(new Set(gids)).toEqual(new Set(simulator.events.map(({ gid }) => gid)))
})

test('killed at any moment, it misses nothing in the next run', async () => {
  const [{ simulator, env }, receiver] = [await startAsana(3_000), await startReceiver()]
  const victim = spawn(exampleNode, ['main.ts'], {
    cwd: import.meta.dirname,
    env: { ...env, ...receiver.env },
    stdio: 'ignore',
  })
  await expect.poll(() => receiver.uids().length).toBeGreaterThan(500)
  victim.kill('SIGKILL')
  await once(victim, 'exit')
  await run({ ...env, ...receiver.env })
  expect(new Set(receiver.uids())).toEqual(new Set(simulator.events.map(({ gid }) => gid)))
})

test('SIGTERM stops it, and the position is saved', async () => {
  const [{ env }, receiver] = [await startAsana(50), await startReceiver()]
  const child = spawn(exampleNode, ['main.ts'], {
    cwd: import.meta.dirname,
    env: { ...env, ...receiver.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = child.stdout.toArray()
  await expect.poll(() => new Set(receiver.uids()).size).toBe(50)
  child.kill('SIGTERM')
  await once(child, 'exit')
  expect(Buffer.concat(await output).toString()).toContain('delivered: 50')
  expect((await run({ ...env, ...receiver.env })).stdout).toContain('delivered: 0')
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'

interface Envelope {
  time: number
  host: string
  sourcetype: string
  event: Record<string, unknown> | string
  fields: Record<string, unknown>
}

let folder = ''
let simulator: Simulator
let splunk: Server
let env: Record<string, string> = {}
const received: Envelope[] = []
/** Whether the token has indexer acknowledgement on, and the ids it was asked for. */
let givesAckIds = false
let ackIds = 0
const asked: number[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-hec-'))
  simulator = await startSimulator({ events: 300 })
  splunk = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.url?.includes('/health')) return response.end('{"text":"HEC is healthy","code":17}')
    if (request.headers.authorization !== 'Splunk hec-token') {
      return response.writeHead(403).end('{"text":"Invalid token","code":4}')
    }
    const body = Buffer.concat(chunks)
    if (request.url?.endsWith('/ack')) {
      if (!givesAckIds) return response.writeHead(400).end('{"text":"ACK is disabled","code":14}')
      const { acks } = JSON.parse(body.toString()) as { acks: number[] }
      asked.push(...acks)
      return response.end(JSON.stringify({ acks: Object.fromEntries(acks.map((id) => [id, true])) }))
    }
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()
    if (text === '') return response.writeHead(400).end('{"text":"No data","code":5}')
    received.push(
      ...text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Envelope),
    )
    const success = { text: 'Success', code: 0, ...(givesAckIds && { ackId: ackIds++ }) }
    return response.end(JSON.stringify(success))
  })
  await new Promise<void>((resolve) => splunk.listen(0, '127.0.0.1', resolve))
  writeFileSync(join(folder, 'token'), 'hec-token\n')
  env = {
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
    ASANA_AUDIT_STATE: join(folder, 'state.db'),
    SPLUNK_HEC_URL: `http://127.0.0.1:${(splunk.address() as AddressInfo).port}`,
    SPLUNK_HEC_TOKEN_FILE: join(folder, 'token'),
  }
})
afterAll(async () => {
  await simulator.close()
  splunk.closeAllConnections()
  splunk.close()
  rmSync(folder, { recursive: true })
})

const gids = (): string[] => simulator.events.map(({ gid }) => gid)

test('run delivers the events as Asana sends them by default, each with its time and indexed fields', async () => {
  received.length = 0
  expect((await runCommand(['run', '--once', '--to', 'splunk-hec'], env)).code).toBe(0)
  const events = received.map(({ event }) => event as { gid: string })
  expect(new Set(events.map(({ gid }) => gid))).toEqual(new Set(gids()))
  expect(received[0]).toMatchObject({ sourcetype: 'asana:audit', host: simulator.workspace })
  expect(received[0]?.fields).toHaveProperty('asana_gid')
})

test('Splunk uses source and sourcetype of the token if YAML or the environment sets them to an empty text', async () => {
  received.length = 0
  const config = join(folder, 'no-source.yaml')
  const map = '{ sourcetype: "", allow_plain_http: true }'
  writeFileSync(
    config,
    `pipelines: [{ name: bare, workspace: "${simulator.workspace}", to: { splunk_hec: ${map} } }]`,
  )
  const { code } = await runCommand(['run', '--once', '--config', config], { ...env, SPLUNK_HEC_SOURCE: '' })
  expect(code).toBe(0)
  expect(received.length).toBeGreaterThan(0)
  for (const envelope of received) expect(Object.keys(envelope)).not.toContain('sourcetype')
  for (const envelope of received) expect(Object.keys(envelope)).not.toContain('source')
})

test('with --hec-format otel, run delivers records as the Collector would', async () => {
  received.length = 0
  const { code } = await runCommand(
    ['run', '--once', '--to', 'splunk-hec', '--hec-format', 'otel', '--name', 'otel'],
    env,
  )
  expect(code).toBe(0)
  expect(new Set(received.map(({ fields }) => fields['log.record.uid']))).toEqual(new Set(gids()))
  expect(typeof received[0]?.event).toBe('string')
  expect(received[0]?.fields).toMatchObject({ 'service.name': 'asana' })
})

test('check reports a healthy collector, a wrong token and a missing address', async () => {
  const good = await runCommand(['check', '--to', 'splunk-hec'], env)
  expect(good).toMatchObject({ code: 0 })
  writeFileSync(join(folder, 'wrong'), 'wrong-hec-token\n')
  const wrong = await runCommand(['check', '--to', 'splunk-hec', '--json'], {
    ...env,
    SPLUNK_HEC_TOKEN_FILE: join(folder, 'wrong'),
  })
  expect(wrong.code).toBe(1)
  expect(wrong.stdout).not.toContain('wrong-hec-token')
  const ack = await runCommand(['check', '--to', 'splunk-hec', '--json'], { ...env, SPLUNK_HEC_ACK: 'true' })
  expect(ack.code).toBe(1)
  const findings = JSON.parse(ack.stdout) as { what: string }[]
  expect(findings.find(({ what }) => what === 'splunk-hec')).toMatchObject({
    ok: false,
    code: 'ack_disabled',
  })
  const missing = await runCommand(['check', '--to', 'splunk-hec'], { ...env, SPLUNK_HEC_URL: '' })
  expect(missing.code).toBe(2)
  expect(missing.stderr).toContain('SPLUNK_HEC_URL')
})

test('YAML can describe it, and problems name their line', async () => {
  const path = join(folder, 'p.yaml')
  const yaml = (url: string): string => `
pipelines:
  - name: yaml
    workspace: "${simulator.workspace}"
    to: { splunk_hec: { url: "${url}", token_file: ${join(folder, 'token')}, index: audit, format: otel } }`
  writeFileSync(path, yaml('http://splunk.example.com'))
  const wrong = await runCommand(['run', '--once', '--config', path], env)
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('pipelines[0].to.splunk_hec.url')
  writeFileSync(path, yaml(env['SPLUNK_HEC_URL'] ?? ''))
  received.length = 0
  expect((await runCommand(['run', '--once', '--config', path], env)).code).toBe(0)
  expect(received[0]).toMatchObject({ index: 'audit' })
})

test('run waits for acknowledgement if the environment or YAML asks for it', async () => {
  const path = join(folder, 'ack.yaml')
  const yaml = `
pipelines:
  - name: ack-yaml
    workspace: "${simulator.workspace}"
    to: { splunk_hec: { ack: true } }`
  writeFileSync(path, yaml)
  const inYaml = ['run', '--once', '--config', path]
  const inEnv = ['run', '--once', '--to', 'splunk-hec', '--name', 'ack-env']
  const without = await runCommand(inYaml, env)
  expect(without.code).toBe(1)
  expect(without.stderr).toContain('no_ack_id')
  givesAckIds = true
  for (const [args, more] of [
    [inYaml, {}],
    [inEnv, { SPLUNK_HEC_ACK: 'true' }],
  ] as const) {
    ackIds = 0
    received.length = 0
    asked.length = 0
    expect((await runCommand(args, { ...env, ...more })).code).toBe(0)
    expect(new Set(received.map(({ event }) => (event as { gid: string }).gid))).toEqual(new Set(gids()))
    expect(new Set(asked).size).toBe(ackIds)
  }
})

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { startSimulator } from '@asana-audit/simulator'
import { expect, onTestFinished, test } from 'vitest'
import { dialects } from '../../src/dialect.ts'
import { type Ran, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

/** A server that accepts OTLP and HEC. */
async function receiver(): Promise<{ url: string; bodies: Buffer[] }> {
  const bodies: Buffer[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    bodies.push(body[0] === 0x1f ? gunzipSync(body) : body)
    const isOtlp = request.url?.startsWith('/v1/logs')
    response.setHeader('content-type', isOtlp ? (request.headers['content-type'] ?? '') : 'application/json')
    response.end(
      isOtlp
        ? request.headers['content-type']?.includes('json')
          ? '{}'
          : ''
        : '{"text":"Success","code":0}',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies }
}

/** Every address, name and gid of the people in events, as OTLP and JSON write them. */
function peopleIn(events: readonly unknown[]): string[] {
  const people = (events as Record<string, Record<string, unknown> | undefined>[]).flatMap(
    ({ actor, resource }) => [
      ...(actor?.['actor_type'] === 'asana' ? [] : [actor]),
      ...(resource?.['resource_type'] === 'user' ? [resource] : []),
    ],
  )
  const texts = people.flatMap((one) => [one?.['gid'], one?.['name'], one?.['email']])
  return [...new Set(texts.filter((value) => typeof value === 'string' && value !== ''))] as string[]
}

test('with people: hash, no format, destination, state, quarantine or log names a person, and ids stay', async () => {
  const few = await startSimulator({ events: 60 })
  onTestFinished(() => few.close())
  const [first] = few.events
  const odd = {
    ...first,
    gid: '77',
    created_at: 'soon',
    details: { invited_by: 'Zoe Odd', 'zoe@example.com': 1 },
  }
  const drifting = { ...few.events[1], gid: '78', details: { [String(few.events[1]?.actor.name)]: 'new' } }
  const simulator = await startSimulator({ events: [odd, drifting, ...few.events] })
  onTestFinished(() => simulator.close())
  const { url, bodies } = await receiver()
  const key = file('key')
  writeFileSync(key, 'a key of 20 bytes ok')
  const config = file('people.yaml')
  const destinations = [
    ...dialects.map(
      (format) => `to: ${JSON.stringify(`file:${file(`out-${format}.jsonl`)}`)}, format: ${format}`,
    ),
    `to: { otlp: { endpoint: ${url}/v1/logs, protocol: http/json } }`,
    `to: { otlp: { endpoint: ${url}/v1/logs } }, details: structured`,
    ...['asana', 'otel'].map((format) => `to: { splunk_hec: { url: ${url}, format: ${format} } }`),
  ]
  const pipelines = destinations.map(
    (to, index) =>
      `{ name: p${index}, workspace: "${simulator.workspace}", people: hash, hash_key_file: ${key}, ${to} }`,
  )
  writeFileSync(config, `state: ${file('state.db')}\npipelines: [${pipelines.join(', ')}]\n`)
  const env = { ASANA_BASE_URL: simulator.url, ASANA_TOKEN: 'simulator-token', SPLUNK_HEC_TOKEN: 't' }

  const ran = await runCommand(['run', '--once', '--log', 'json', '--config', config], env)
  expect(ran.code).toBe(3)
  expect(ran.stderr).toContain('first_sight')
  const shown = await runCommand(['quarantine', 'list', '--json', '--config', config], env)
  const verified = await runCommand(['verify', '--config', config], env)
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringMatching(/^✓ /)])

  const folder = file('.')
  const written = readdirSync(folder).filter((name) => name !== 'key')
  const everything = [
    ...written.map((name) => [name, readFileSync(`${folder}/${name}`).toString()] as const),
    ...bodies.map((body, index) => [`request ${index}`, body.toString()] as const),
    ...[ran, shown, verified].map(
      ({ stdout, stderr }, index) => [`command ${index}`, stdout + stderr] as const,
    ),
  ]
  const clear = [...peopleIn(few.events), 'Zoe Odd', 'zoe@example.com']
  expect(clear.length).toBeGreaterThan(20)
  const leaks = everything.flatMap(([where, text]) =>
    clear.filter((one) => text.includes(one)).map((one) => [where, one]),
  )
  expect(leaks).toEqual([])
  for (const { gid } of few.events)
    expect(everything.find(([name]) => name === 'out-event.jsonl')?.[1]).toContain(gid)
})

test('an event quarantined before people were hidden is replayed without them', async () => {
  const state = file('old.db')
  const opened = await sqliteState({ path: state })
  const claim = await opened.claim('main')
  const event = {
    ...{ gid: '5', created_at: '2026-01-02T03:04:05Z', event_type: 'user_logged_out' },
    actor: { actor_type: 'user', gid: '1200000000000001', name: 'Ada Lovelace', email: 'ada@example.com' },
  }
  const entry = { id: '5', kind: 'rejected', code: 'too_large', reason: 'too large', event } as const
  await (await claim.lane('live', 'f')).commit({ cursor: '{}', delivered: [], quarantined: [entry] })
  await claim.release()
  await opened.close()
  const config = file('replay.yaml')
  const out = file('replayed.jsonl')
  writeFileSync(
    config,
    `state: ${state}\npipelines: [{ name: main, workspace: "42", people: drop, to: "file:${out}" }]`,
  )
  const { code } = await runCommand(['quarantine', 'replay', '--config', config], { ASANA_TOKEN: 't' })
  expect(code).toBe(0)
  expect(readFileSync(out, 'utf8')).toMatch(/^(?!.*(?:Ada|ada@|1200000000000001)).*"5"/)
})

async function checked(policy: string): Promise<Ran> {
  const config = file('check.yaml')
  const simulator = await startSimulator({ events: 1 })
  onTestFinished(() => simulator.close())
  writeFileSync(config, `pipelines: [{ workspace: "${simulator.workspace}", to: stdout, ${policy} }]`)
  return runCommand(['check', '--config', config, '--state', file('check.db')], {
    ASANA_BASE_URL: simulator.url,
    ASANA_TOKEN: 'simulator-token',
  })
}

test('a policy by paths that leaves the same people elsewhere is a warning of check', async () => {
  const { code, stdout } = await checked('fields: { actor.email: drop }')
  expect(code).toBe(0)
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /! settings .*with actor.email hidden .* resource.email, .*details, and/,
  )
  expect((await checked('fields: { actor.email: drop }, people: keep')).stdout).not.toContain('! settings')
})

test.each([
  ['people: hash', 'hash_key_file must be set'],
  ['people: mask', 'Give keep, hash or drop'],
  ['people: drop, fields: { actor.name: keep }', '"actor.name" cannot be kept where people are hidden'],
])('%s is refused', async (policy, message) => {
  const { code, stderr } = await checked(policy)
  expect([code, stderr.replaceAll(/\s+/g, ' ')]).toEqual([2, expect.stringContaining(message)])
})

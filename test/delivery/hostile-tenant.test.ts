import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { hostileEvents } from '../support/data/hostile-events.ts'
import { logsFromJson, type ReceivedLog } from '../support/otlp/otlp-reader.ts'
import { startReceiver } from '../support/otlp/otlp-receiver.ts'
import { recordProblems } from '../support/otlp/record-problems.ts'
import {
  type AsanaServer,
  loginEvent,
  gidOf as numberedGid,
  startAsana,
  token,
  workspace,
} from '../support/servers/asana-server.ts'
import { listen } from '../support/servers/listen.ts'

// Events that no known tenant has must arrive whole, once, and nowhere else.

const events = hostileEvents(20_000)

interface HostileTenant extends AsanaServer {
  /** The requests to the server that `next_page` names. */
  readonly lured: string[]
}

async function startHostileTenant(log: string[]): Promise<HostileTenant> {
  const lured: string[] = []
  const elsewhere = await listen((request, response) => {
    lured.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    response.end('{"data":[],"next_page":null}')
  })
  const host = new URL(elsewhere).host
  const sizes = [1, 100, 7, 1_000, 999, 250, 3, 640]
  const server = await startAsana({
    events: log,
    pageSize: (request) => sizes[request % sizes.length] ?? 1,
    nextPage: (offset) => ({
      uri: `${elsewhere}/api/1.0/steal?offset=${offset}`,
      path: `//${host}/steal?offset=${offset}`,
    }),
  })
  return { ...server, lured }
}

function expectAllArrived(received: readonly ReceivedLog[]): void {
  const gids = events.map(({ gid }) => gid)
  const byGid = new Map(events.map((event) => [event.gid, event]))
  const arrived = received.map((log) => gidOf(log))
  expect(arrived.length).toBe(gids.length)
  expect(new Set(arrived)).toEqual(new Set(gids))
  const problems = received.flatMap((log) => {
    const event = byGid.get(gidOf(log))
    return event ? recordProblems(log, event, workspace) : [`nobody sent ${gidOf(log)}`]
  })
  expect(problems.slice(0, 20)).toEqual([])
}

/** Half a surrogate pair cannot be in an attribute, so such a gid is with the values that fit no attribute. */
function gidOf({ attributes }: ReceivedLog): string {
  const unmapped = JSON.parse(String(attributes.get('asana.audit.unmapped') ?? '{}')) as { gid?: string }
  return unmapped.gid ?? String(attributes.get('asana.audit.gid'))
}

function expectPolite({ requests, lured }: HostileTenant): void {
  expect(lured).toEqual([])
  const offsets = requests.flatMap(({ query }) => query['offset'] ?? [])
  expect(new Set(offsets).size).toBe(offsets.length)
  // Only one read is from the beginning; later reads without an offset are from a time.
  // One request for the size of the log, and one read from the oldest event.
  expect(requests.filter(({ query }) => !query['offset'] && !query['start_at']).length).toBe(2)
  for (const { path, query, authorization } of requests) {
    expect(path).toBe(`/api/1.0/workspaces/${workspace}/audit_log_events`)
    expect(['offset', 'limit', 'start_at', 'end_at']).toEqual(expect.arrayContaining(Object.keys(query)))
    expect(authorization).toBe(`Bearer ${token}`)
  }
}

test('all events have different gids, as the tests require', () => {
  expect(new Set(events.map(({ gid }) => gid)).size).toBe(20_000)
})

test('a file receives every event once and whole, from a tenant that was empty at first', async () => {
  const log: string[] = []
  const tenant = await startHostileTenant(log)
  const folder = temporaryFolder()
  const path = join(folder, 'audit.jsonl')
  const args = ['run', '--once', '--to', `file:${path}`, '--state', join(folder, 'state.db')]

  const before = await runCommand(args, { env: tenant.env })
  expect(before).toMatchObject({ code: 0 })
  expect(tenant.requests.length).toBe(2)
  for (const { json } of events) log.push(json)
  const after = await runCommand(args, { env: tenant.env })

  expect(after).toMatchObject({ code: 0 })
  const content = readFileSync(path)
  expect(content.at(-1)).toBe(10)
  const lines = content.toString('utf8').trimEnd().split('\n')
  expectAllArrived(lines.flatMap((line) => logsFromJson(Buffer.from(line))))
  expect(lines.filter((line) => Buffer.byteLength(line) >= 1_048_576)).toEqual([])
  expect(content.includes('secret assertion')).toBe(false)
  expectPolite({ ...tenant, requests: tenant.requests.slice(1) })
})

test.each(['http/protobuf', 'http/json'])(
  'an OTLP receiver receives every event once and whole over %s',
  async (protocol) => {
    const tenant = await startHostileTenant(events.map(({ json }) => json))
    const receiver = await startReceiver()
    const env = { ...tenant.env, ...receiver.env, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }
    const args = ['run', '--once', '--to', 'otlp', '--state', join(temporaryFolder(), 'state.db')]

    const first = await runCommand(args, { env })
    expect(first).toMatchObject({ code: 0 })
    expectAllArrived(receiver.accepted.flat())
    expectPolite(tenant)
    expect(receiver.accepted.length).toBe(receiver.requests.length)
    for (const { headers, logs } of receiver.requests) {
      expect(headers['content-type']).toBe(
        protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
      )
      expect(headers['content-encoding']).toBe('gzip')
      expect(logs.length).toBeLessThanOrEqual(1_000)
      expect(
        logs.some(({ attributes }) =>
          String(attributes.get('asana.audit.details')).includes('secret assertion'),
        ),
      ).toBe(false)
    }
    for (const { path } of tenant.requests) expect(path).not.toContain('steal')

    const written = receiver.requests.length
    const again = await runCommand(args, { env })
    expect(again).toMatchObject({ code: 0 })
    expect(receiver.requests.length).toBe(written)
  },
)

test('an event of 24 MB of escapes arrives whole, as do the events around it', async () => {
  const note = '\n'.repeat(12_000_000)
  const odd = { '\t': note }
  const tenant = await startHostileTenant([loginEvent(1), loginEvent(2, { details: odd }), loginEvent(3)])
  const folder = temporaryFolder()
  const path = join(folder, 'audit.jsonl')
  const args = ['run', '--once', '--to', `file:${path}`, '--state', join(folder, 'state.db')]

  const done = await runCommand([...args, '--give-up-after', '1m'], { env: tenant.env })

  expect(done).toMatchObject({ code: 0 })
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const received = lines.flatMap((line) => logsFromJson(Buffer.from(line)))
  expect(received.map(gidOf)).toEqual([1, 2, 3].map(numberedGid))
  expect(received[1]?.attributes.get('asana.audit.details') === JSON.stringify(odd)).toBe(true)
})

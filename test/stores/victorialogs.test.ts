import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { expect, vi } from 'vitest'
import { type OwnCollector, startOwnCollector } from '../support/collector/own-collector.ts'
import { testWith } from '../support/collector/suite.ts'
import { runCommand, startCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { type PageShell, pageShell } from '../support/pages/page-shell.ts'
import { repository } from '../support/release/packed-packages.ts'
import { type AsanaServer, startAsana, token, workspace } from '../support/servers/asana-server.ts'
import { listen } from '../support/servers/listen.ts'
import { corpus, servedLog } from '../support/stores/corpus.ts'
import {
  type StoredLog,
  startVictoriaLogs,
  testWithVictoriaLogs,
  type VictoriaLogs,
} from '../support/stores/victorialogs.ts'
import { expectedForm, storedForm } from '../support/stores/victorialogs-form.ts'

// What docs/stores/victorialogs.md says is shown here, but for what it marks as read. Its commands and queries run as they are written.

const testStore = testWithVictoriaLogs()
const exampleHas = ['otlp', 'otlp_http', 'memory_limiter', 'file_storage']
const testCollector = testWith(...exampleHas)
const testProcessor = testWith(...exampleHas, 'transform')
const patient = { timeout: 120_000, interval: 100 }

interface Event {
  readonly gid: string
  readonly created_at: string
}

const wholeLog = servedLog(corpus(Date.now()))
/** Of every day some. */
const shortLog = wholeLog.filter((_, number) => number % 15 === 0)
const inOrder = (log: readonly string[]): Event[] => log.map((json) => JSON.parse(json) as Event)

const runOnce = ['run', '--once', '--to', 'otlp', '--log', 'json']

/** The environment of a command that delivers there, on a state of its own. */
function delivering({ env }: AsanaServer, endpoint: string): Record<string, string> {
  const state = join(temporaryFolder(), 'state.db')
  return { ...env, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: endpoint, ASANA_AUDIT_STATE: state }
}

/** The page, with the store and the token of this test. `env`: of its commands. */
function pageFor(store: Pick<VictoriaLogs, 'origin'>, env: Readonly<Record<string, string>> = {}): PageShell {
  const folder = temporaryFolder()
  const tokenFile = join(folder, 'token')
  writeFileSync(tokenFile, token)
  const replaced = {
    'http://127.0.0.1:9428': store.origin,
    '/run/secrets/asana-token': tokenFile,
    '1234567890123456': workspace,
  }
  return pageShell('docs/stores/victorialogs.md', folder, { env, replaced })
}

/** The flags of the page, without the address and the folder, which each test has its own. */
function pageFlags(): string[] {
  const command = pageFor({ origin: '' }).block('victoria-logs -')
  const [program, ...flags] = command.replaceAll('\\\n', ' ').trim().split(/\s+/)
  expect(program).toBe('victoria-logs')
  return flags.filter((flag) => !/^-(httpListenAddr|storageDataPath)=/.test(flag))
}

const idOf = (record: StoredLog): string => record['log.record.uid'] ?? ''

/** Expects each event at least once, with every value as our mapping says. */
function expectWhole(stored: readonly StoredLog[], log: readonly string[]): void {
  const events = inOrder(log)
  const expected = new Map(events.map((event) => [event.gid, expectedForm(event, { workspace })]))
  expect(new Set(stored.map(idOf))).toEqual(new Set(expected.keys()))
  const different = stored.filter((one) => !isDeepStrictEqual(storedForm(one), expected.get(idOf(one))))
  // Only the first ones: a list of all would be a hundred pages.
  for (const one of different.slice(0, 3)) expect(storedForm(one)).toEqual(expected.get(idOf(one)))
  expect(different.length).toBe(0)
}

testStore(
  'every event of the corpus is kept whole and once, and after a repeat the queries of the page see each once',
  async () => {
    const store = await startVictoriaLogs(pageFlags())
    const asana = await startAsana({ events: wholeLog })
    const state = join(temporaryFolder(), 'state.db')
    const page = pageFor(store, { ASANA_BASE_URL: asana.baseUrl, ASANA_AUDIT_STATE: state })
    const exports = page.block('check --to otlp')
    const changed = page.block('eq_field', 'logsql')
    const settings = exports.replaceAll(/^asana-audit .*$/gm, '')

    const [said] = await page.run([exports])

    expect(said).toContain('It says that it is VictoriaLogs')
    expect(said).not.toMatch(/^!/m)
    const stored = await store.query('*')
    expectWhole(stored, wholeLog)
    expect(stored.length).toBe(wholeLog.length)
    expect(await page.run([settings, page.block('comm -23')])).toEqual(['', ''])
    expect(await store.query(changed)).toEqual([])

    await page.run([settings, page.block('asana-audit backfill')])

    expect((await store.query('*')).length).toBe(2 * wholeLog.length)
    const once = await store.query(page.block('partition by', 'logsql'))
    expect(once.length).toBe(wholeLog.length)
    expectWhole(once, wholeLog)
    // Why the page warns of it.
    expect(await store.query(`${page.block('partition by', 'logsql')} | count()`)).toEqual([
      { 'count(*)': '1' },
    ])
    const counts = await store.query(page.block('count_uniq', 'logsql'))
    expect(counts.reduce((sum, { events }) => sum + Number(events), 0)).toBe(wholeLog.length)
  },
)

testStore(
  'what is in memory alone is lost by a kill, verify does not see it, and a backfill mends it',
  async () => {
    const store = await startVictoriaLogs(['-retentionPeriod=100d', '-inmemoryDataFlushInterval=1h'])
    const asana = await startAsana({ events: shortLog })
    const env = delivering(asana, store.endpoint)
    const page = pageFor(store, env)
    expect(await runCommand(runOnce, { env })).toMatchObject({ code: 0 })
    // It was made visible, and is not safe for that.
    expect((await store.query('*')).length).toBe(shortLog.length)

    await store.kill()
    await store.start()

    expect(await store.query('*')).toEqual([])
    expect(await runCommand(['verify', '--to', 'otlp'], { env })).toMatchObject({ code: 0 })
    await page.run([page.block('asana-audit backfill')])
    expectWhole(await store.query('*'), shortLog)
  },
)

testStore('a stop by a signal that it hears loses nothing', async () => {
  const store = await startVictoriaLogs(['-retentionPeriod=100d', '-inmemoryDataFlushInterval=1h'])
  const asana = await startAsana({ events: shortLog })
  expect(await runCommand(runOnce, { env: delivering(asana, store.endpoint) })).toMatchObject({ code: 0 })

  await store.stop()
  await store.start()

  expectWhole(await store.query('*'), shortLog)
})

testStore(
  'by default it drops in silence what is older than a week; check warns, and the page finds it',
  async () => {
    const store = await startVictoriaLogs([])
    const asana = await startAsana({ events: shortLog })
    const env = delivering(asana, store.endpoint)
    const page = pageFor(store, env)

    const checked = await runCommand(['check', '--to', 'otlp', '--json'], { env })
    expect(JSON.parse(checked.stdout)).toContainEqual(
      expect.objectContaining({ code: 'store_drops_old', message: expect.stringContaining('older than 7d') }),
    )
    const weekAgo = Date.now() - 7 * 86_400_000
    const minute = 60_000
    expect(await runCommand(runOnce, { env })).toMatchObject({ code: 0 })

    // What was accepted can be found a moment later.
    const droppedNow = () => store.metric('vl_rows_dropped_total{reason="too_small_timestamp"}')
    const keptNow = async () => new Set((await store.query('*')).map(idOf))
    await expect.poll(async () => (await keptNow()).size + (await droppedNow())).toBe(shortLog.length)
    const kept = await keptNow()
    // Time passes while the test runs.
    for (const { gid, created_at } of inOrder(shortLog)) {
      if (Math.abs(Date.parse(created_at) - weekAgo) > 5 * minute)
        expect(kept.has(gid), created_at).toBe(Date.parse(created_at) > weekAgo)
    }
    // The position is of now: what is older than a week is no longer to come.
    const later = await runCommand(['check', '--to', 'otlp', '--json'], { env })
    expect(later.stdout).not.toContain('store_drops_old')
    expect(later.stdout).toContain('that it drops what is older than 7d (-retentionPeriod)')
    const [missing = ''] = await page.run([page.block('comm -23')])
    const gids = inOrder(shortLog).map(({ gid }) => gid)
    expect(missing.trim().split('\n')).toEqual(gids.filter((gid) => !kept.has(gid)).sort())
  },
)

/** An event of an hour ago, in so many bytes. */
function longEvent(gid: string, bytes: number): string {
  const created_at = new Date(Date.now() - 3_600_000).toISOString()
  const actor = { actor_type: 'user', gid: '7', name: 'Ada', email: 'ada@example.com' }
  const details = { text: 'x'.repeat(bytes) }
  return JSON.stringify({
    gid,
    created_at,
    event_type: 'user_login_failed',
    event_category: 'logins',
    actor,
    details,
  })
}

testStore(
  'an event of over 2 MiB is dropped in silence, and with the flags of the page quarantined whole',
  async () => {
    const events = [longEvent('11', 1_900_000), longEvent('12', 2_097_000), longEvent('13', 2_900_000)]
    const ids = async (store: VictoriaLogs) =>
      (await store.query('* | fields log.record.uid')).map(idOf).sort()
    const [usual, ours] = [await startVictoriaLogs(), await startVictoriaLogs(pageFlags())]
    const asana = await startAsana({ events: [...shortLog, ...events] })
    const short = inOrder(shortLog).map(({ gid }) => gid)

    expect(await runCommand(runOnce, { env: delivering(asana, usual.endpoint) })).toMatchObject({ code: 0 })
    expect(await ids(usual)).toEqual([...short, '11'].sort())
    expect(usual.log()).toContain('ignoring too long log entry')

    const env = delivering(asana, ours.endpoint)
    expect(await runCommand(runOnce, { env })).toMatchObject({ code: 3 })
    expect(await ids(ours)).toEqual([...short, '11'].sort())
    const quarantine = await runCommand(['quarantine', 'list', '--json'], { env })
    expect([...quarantine.stdout.matchAll(/"id":"(1[23])"/g)].map(([, id]) => id).sort()).toEqual([
      '12',
      '13',
    ])
  },
)

testStore('what is more than two days ahead is dropped in silence, too', async () => {
  const store = await startVictoriaLogs(pageFlags())
  const ahead = (gid: string, days: number): string => {
    const created_at = new Date(Date.now() + days * 86_400_000).toISOString()
    return JSON.stringify({ ...JSON.parse(longEvent(gid, 10)), created_at })
  }
  const asana = await startAsana({ events: [longEvent('11', 10), ahead('12', 1), ahead('13', 3)] })
  expect(await runCommand(runOnce, { env: delivering(asana, store.endpoint) })).toMatchObject({ code: 0 })
  expect((await store.query('*')).map(idOf).sort()).toEqual(['11', '12'])
  expect(await store.metric('vl_rows_dropped_total{reason="too_big_timestamp"}')).toBe(1)
})

testStore('with details in structure it drops records of many fields and of long names', async () => {
  const store = await startVictoriaLogs()
  const { hostile } = corpus(Date.now())
  const asana = await startAsana({ events: hostile.map((event) => JSON.stringify(event)) })
  const folder = temporaryFolder()
  const config = join(folder, 'config.yaml')
  const pipeline = {
    workspace,
    token_env: 'ASANA_TOKEN',
    base_url: asana.baseUrl,
    details: 'structured',
    to: [{ otlp: { endpoint: store.endpoint } }],
  }
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ state: join(folder, 'state.db'), pipelines: [pipeline] }))
  expect(await runCommand(['run', '--once', '--config', config], { env: asana.env })).toMatchObject({
    code: 0,
  })

  const kept = new Set((await store.query('*')).map(idOf))
  const names = hostile.filter(({ gid }) => !kept.has(gid)).map(({ details }) => Object.keys(details ?? {}))
  expect(names.map(({ length }) => length)).toEqual([1_500, 1])
  expect(names[1]?.[0]?.length).toBe(300)
})

testStore('what a relay on the way removes or changes is found by the query of the page', async () => {
  const store = await startVictoriaLogs()
  const query = pageFor(store).block('eq_field', 'logsql')
  const asana = await startAsana({ events: shortLog.slice(-20) })
  /** Changes the address in one of its two places, and forgets a field. */
  const relay = await listen(async (request, response) => {
    const sent = gunzipSync(Buffer.concat(await request.toArray())).toString('latin1')
    // Key, type and length of the value, then its text: the first two letters become others.
    const body = Buffer.from(sent.replaceAll(/(user\.email..\n.)../gs, '$1xx'), 'latin1')
    const headers = { 'content-type': 'application/x-protobuf', 'vl-ignore-fields': 'asana.audit.relevance' }
    const { status } = await fetch(store.endpoint, { method: 'POST', headers, body })
    response.writeHead(status).end()
  })
  expect(await runCommand(runOnce, { env: delivering(asana, relay) })).toMatchObject({ code: 0 })

  expect((await store.query(query)).length).toBe(20)
  const [, one] = /or\n? *(!user\.email:\S+)/.exec(query) ?? []
  const withEmail = await store.query('asana.audit.actor.email:*')
  expect(withEmail.length).toBeGreaterThan(0)
  expect((await store.query(one ?? '')).length).toBe(withEmail.length)
})

testStore('JSON is refused, and check says so in the words of VictoriaLogs', async () => {
  const store = await startVictoriaLogs()
  const asana = await startAsana({ events: shortLog })
  const env = { ...delivering(asana, store.endpoint), OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }
  const { code, stdout } = await runCommand(['check', '--to', 'otlp', '--json'], { env })
  expect(code).toBe(1)
  expect(stdout).toContain("json encoding isn't supported for opentelemetry format")
})

testStore('the path of another receiver is refused, and check says that the path may be wrong', async () => {
  const store = await startVictoriaLogs()
  const asana = await startAsana({ events: shortLog })
  const env = delivering(asana, `${store.origin}/v1/logs`)
  const { code, stdout } = await runCommand(['check', '--to', 'otlp', '--json'], { env })
  expect(code).toBe(1)
  expect(stdout).toMatch(/does not know the path of the URL.*unsupported path requested/)
})

/** A Collector with its queue on disk, as the page says. `more`: configurations that are joined with that. */
function startCollector(store: VictoriaLogs, ...more: readonly string[]): Promise<OwnCollector> {
  const [, backend = ''] = /BACKEND_ENDPOINT=(\S+)/.exec(pageFor(store).block('BACKEND_ENDPOINT')) ?? []
  const config = readFileSync(join(repository, 'examples/collector/collector.yaml'), 'utf8')
  const queue = join(temporaryFolder(), 'queue')
  return startOwnCollector([config, ...more], { COLLECTOR_STORAGE: queue, BACKEND_ENDPOINT: backend })
}

testCollector(
  'through a Collector that is killed twice every event is kept whole, and what a kill of VictoriaLogs took comes back',
  async () => {
    const store = await startVictoriaLogs()
    const collector = await startCollector(store)
    const asana = await startAsana({ events: wholeLog })
    const env = delivering(asana, `${collector.origin}/v1/logs`)
    const page = pageFor(store, env)
    const stored = async () => new Set((await store.query('* | fields log.record.uid')).map(idOf)).size
    const has = (count: number) =>
      vi.waitFor(async () => expect(await stored()).toBeGreaterThanOrEqual(count), patient)

    const command = startCommand(runOnce, { env })
    for (const count of [500, 2_000]) {
      await has(count)
      await collector.kill()
      await collector.start()
    }
    expect(await command.finished).toMatchObject({ code: 0 })
    await has(wholeLog.length)
    expectWhole(await store.query('*'), wholeLog)

    await store.kill()
    await store.start()
    await page.run([page.block('asana-audit backfill')])
    await has(wholeLog.length)
    expectWhole(await store.query('*'), wholeLog)
  },
)

testProcessor('what a processor of the Collector renames is found by the query of the page', async () => {
  const store = await startVictoriaLogs()
  const transform = `
processors:
  transform:
    log_statements:
      - set(log.attributes["id"], log.attributes["log.record.uid"])
      - delete_key(log.attributes, "log.record.uid")
service:
  pipelines:
    logs/audit:
      processors: [memory_limiter, transform]
`
  const collector = await startCollector(store, transform)
  const asana = await startAsana({ events: shortLog.slice(-20) })
  const env = delivering(asana, `${collector.origin}/v1/logs`)
  expect(await runCommand(runOnce, { env })).toMatchObject({ code: 0 })
  const query = pageFor(store).block('eq_field', 'logsql')
  await vi.waitFor(async () => expect((await store.query(query)).length).toBe(20), patient)
})

testCollector(
  'with a limit for requests, the Collector drops all that is in one request with a long event',
  async () => {
    const store = await startVictoriaLogs(pageFlags())
    const collector = await startCollector(store)
    const asana = await startAsana({ events: [longEvent('11', 100), longEvent('12', 2_097_000)] })
    expect(
      await runCommand(runOnce, { env: delivering(asana, `${collector.origin}/v1/logs`) }),
    ).toMatchObject({
      code: 0,
    })
    await vi.waitFor(() => expect(collector.log()).toContain('"dropped_items": 2'), patient)
    expect(await store.query('*')).toEqual([])
  },
)

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test as vitestTest } from 'vitest'
import { type Simulator, startSimulator } from '../../packages/simulator/src/index.ts'
import { logLines, runCommand, startCommand, temporaryFolder } from '../support/commands/run-command.ts'
import type { ReceivedLog } from '../support/otlp/otlp-reader.ts'
import { type OtlpReceiver, startReceiver } from '../support/otlp/otlp-receiver.ts'

const test = (name: string, body: () => Promise<void>): void => vitestTest(name, { timeout: 120_000 }, body)

const day = 86_400_000

const uidOf = ({ attributes }: ReceivedLog): string => String(attributes.get('log.record.uid'))
const timeOf = ({ attributes }: ReceivedLog): number =>
  Date.parse(String(attributes.get('asana.audit.created_at')))

/**
 * Answers 400 to a request with an event from before `takesFrom`, as Loki does with events older than a week. The limit is a fixed time,
 * so that a test knows what is too old.
 */
async function storeWithLimit(
  days: number,
  answer: 'status 400' | 'partial success' = 'status 400',
): Promise<OtlpReceiver & { takesFrom: number; refused: number }> {
  const store = { takesFrom: Date.now() - days * day, refused: 0 }
  const receiver = await startReceiver({
    instead(response, { logs }) {
      if (logs.every((log) => timeOf(log) >= store.takesFrom)) return false
      store.refused += 1
      if (answer === 'partial success') {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ partialSuccess: { rejectedLogRecords: logs.length } }))
        return true
      }
      response.writeHead(400, { 'content-type': 'text/plain' }).end('entry too far behind')
      return true
    },
  })
  return Object.assign(store, receiver)
}

const stored = ({ accepted }: OtlpReceiver): Set<string> => new Set(accepted.flat().map(uidOf))

async function asana(days: number): Promise<Simulator> {
  const simulator = await startSimulator({ events: 3_000, days, defaultLimit: 100 })
  onTestFinished(() => simulator.close())
  return simulator
}

function environment(simulator: Simulator, store: OtlpReceiver): Record<string, string> {
  return {
    ...store.env,
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
    ASANA_AUDIT_STATE: join(temporaryFolder(), 'state.db'),
  }
}

/** Gids of the events that a store accepts, and of those that are too old for it. */
function parted(
  { events }: Simulator,
  { takesFrom }: { readonly takesFrom: number },
): { young: string[]; old: string[] } {
  const isYoung = ({ created_at: at }: { created_at: string }): boolean => Date.parse(at) >= takesFrom
  return {
    young: events.filter(isYoung).map(({ gid }) => gid),
    old: events.filter((event) => !isYoung(event)).map(({ gid }) => gid),
  }
}

async function quarantined(env: Record<string, string>): Promise<{ id: string; code: string }[]> {
  const { stdout } = await runCommand(['quarantine', 'list', '--json'], { env })
  return logLines(stdout) as never
}

const sorted = (list: Iterable<string>): string[] => [...list].toSorted()

test('new events and the newer part of a backlog arrive while its older part is refused', async () => {
  const simulator = await asana(60)
  const store = await storeWithLimit(7)
  const env = environment(simulator, store)
  const running = startCommand(['run', '--to', 'otlp', '--log', 'json'], { env })
  await expect.poll(() => store.refused > 0).toBe(true)
  const grown = simulator.grow(3).map(({ gid }) => gid)
  const { young, old } = parted(simulator, store)
  await expect.poll(() => [...young, ...grown].every((gid) => stored(store).has(gid))).toBe(true)
  // The young part of a backlog may arrive while writes of its old part are still being judged.
  await expect
    .poll(async () => (await quarantined(env)).length, { timeout: 100_000, interval: 500 })
    .toBeGreaterThanOrEqual(old.length)
  running.child.kill('SIGTERM')
  const { stderr } = await running.finished
  const lines = logLines(stderr)
  expect(lines.filter(({ message }) => message === 'paused')).toEqual([])
  expect(lines.find(({ message }) => message === 'too_old')?.['reason']).toContain('entry too far behind')
  const aside = await quarantined(env)
  // Where the limit is inside a write, one or two old events before young ones look the same as bad ones.
  expect(aside.filter(({ code }) => code !== 'too_old').length).toBeLessThan(old.length / 100)
  expect(sorted(aside.map(({ id }) => id))).toEqual(sorted(old))
  // A few requests to find the limit, and a few for each write. A slow machine makes smaller writes, at the least of a page of 100 events.
  expect(store.refused).toBeLessThan(30 + old.length / 10)
})

test('a backfill quarantines events that are too old, says so, and delivers the others; a replay delivers them after the limit is raised', async () => {
  const simulator = await asana(30)
  // Four days are too old, so that working days are among them: on a weekend the log has few events.
  const store = await storeWithLimit(26)
  const env = environment(simulator, store)
  const { young, old } = parted(simulator, store)
  const ran = await runCommand(['backfill', '--since', '31d', '--to', 'otlp', '--log', 'human'], {
    env,
  })
  expect(ran.stderr).toContain(`${old.length} of these too old for the destination`)
  expect(sorted(stored(store))).toEqual(sorted(young))
  expect(sorted((await quarantined(env)).map(({ id }) => id))).toEqual(sorted(old))
  const early = await runCommand(['quarantine', 'replay', '--to', 'otlp'], { env })
  expect(early.stderr).toContain('so their cause is not fixed yet. The rest were not tried.')
  expect(await quarantined(env)).toHaveLength(old.length)
  store.takesFrom = 0
  const requests = store.requests.length
  await runCommand(['quarantine', 'replay', '--to', 'otlp'], { env })
  expect(store.requests.length - requests).toBeLessThanOrEqual(2)
  expect(sorted(stored(store))).toEqual(sorted([...young, ...old]))
  expect(await quarantined(env)).toEqual([])
})

vitestTest.each(['status 400', 'partial success'] as const)(
  'if a store accepts nothing, and says so by %s, nothing is quarantined',
  { timeout: 200_000 },
  async (answer) => {
    const simulator = await asana(30)
    const store = await storeWithLimit(0, answer)
    const env = environment(simulator, store)
    const ran = await runCommand(['run', '--once', '--to', 'otlp', '--log', 'human'], { env })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('its set-up is more likely at fault')
    expect(await quarantined(env)).toEqual([])
  },
)

/** Accepts all records but one, and says only that it refused one. */
async function storeWithout(gid: string): Promise<OtlpReceiver & { stored: Set<string> }> {
  const kept = new Set<string>()
  const receiver = await startReceiver({
    instead(response, { logs }) {
      for (const uid of logs.map(uidOf)) if (uid !== gid) kept.add(uid)
      const refused = logs.some((log) => uidOf(log) === gid) ? 1 : 0
      response.writeHead(200, { 'content-type': 'application/x-protobuf' })
      // partial_success { rejected_log_records }: each is field 1 of its message.
      response.end(refused ? Buffer.from([0x0a, 0x02, 0x08, refused]) : '')
      return true
    },
  })
  return Object.assign(receiver, { stored: kept })
}

vitestTest.each(['a flag', 'YAML'])(
  'after a partial success, resend by %s quarantines only the bad record',
  async (by) => {
    const simulator = await startSimulator({ events: 300, days: 2 })
    onTestFinished(() => simulator.close())
    const gids = simulator.events.map((event) => event.gid)
    const bad = gids[123] ?? ''
    const store = await storeWithout(bad)
    const { ASANA_WORKSPACE: workspace, ...env } = environment(simulator, store)
    const config = join(temporaryFolder(), 'asana-audit.yaml')
    writeFileSync(
      config,
      `pipelines: [{ workspace: '${workspace}', token_env: ASANA_TOKEN, base_url: '${simulator.url}', to: { otlp: { on_uncertain: resend } } }]\n`,
    )
    const flags = by === 'YAML' ? ['--config', config] : ['--to', 'otlp', '--on-uncertain', 'resend']
    const all =
      by === 'YAML'
        ? { ASANA_TOKEN: 'simulator-token', ASANA_AUDIT_STATE: env['ASANA_AUDIT_STATE'] ?? '', ...store.env }
        : { ...env, ASANA_WORKSPACE: workspace ?? '' }
    await runCommand(['run', '--once', ...flags, '--log', 'json'], { env: all })
    expect(await quarantined({ ASANA_AUDIT_STATE: env['ASANA_AUDIT_STATE'] ?? '' })).toMatchObject([
      { id: bad, kind: 'rejected', code: 'partial_success' },
    ])
    expect(sorted(store.stored)).toEqual(sorted(gids.filter((gid) => gid !== bad)))
  },
)

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { indexTemplate } from '@asana-audit/schema/dialects/index-template'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import manifest from '../../package.json' with { type: 'json' }
import { bin, runCommand } from '../support/run-command.ts'

let folder = ''
let simulator: Simulator
let env: Record<string, string> = {}
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-command-'))
  simulator = await startSimulator({ events: 250 })
  env = {
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
    ASANA_AUDIT_STATE: join(folder, 'state.db'),
  }
})
afterAll(async () => {
  await simulator.close()
  rmSync(folder, { recursive: true })
})

test('run --once delivers the backlog; state show says how far it is; a second run delivers nothing', async () => {
  const output = join(folder, 'a.jsonl')
  const first = await runCommand(['run', '--once', '--to', `file:${output}`], env)
  expect(first).toMatchObject({ code: 0, stdout: '' })
  const gids = [
    ...readFileSync(output, 'utf8').matchAll(/"log\.record\.uid","value":\{"stringValue":"(\d+)"/g),
  ]
  expect(gids.map(([, gid]) => gid)).toEqual(simulator.events.map(({ gid }) => gid))

  const shown = JSON.parse((await runCommand(['state', 'show', '--json'], env)).stdout)
  expect(shown.lanes).toMatchObject([{ delivered: 250, quarantined: 0 }])
  const table = await runCommand(['state', 'show'], env)
  expect(table.stdout).toContain('250 events')
  expect(table.stdout).toMatch(/retention {5}the oldest event that may be unread is deleted in \d+ d\n/)
  // The newest event may be hours old, but the log was read to its end just now.
  const [{ deletedInMs }] = shown.lanes as [{ deletedInMs: number }]
  expect(Math.abs(90 * 86_400_000 - deletedInMs)).toBeLessThan(600_000)

  const second = await runCommand(['run', '--once', '--to', `file:${output}`], env)
  const lines = second.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.at(-1)).toMatchObject({ message: 'finished', delivered: 0 })
})

test('with --log human, run says in words how many events arrived', async () => {
  const { stderr } = await runCommand(
    ['run', '--once', '--log', 'human', '--to', `file:${join(folder, 'b.jsonl')}`],
    env,
  )
  expect(stderr).toContain('✓')
  expect(stderr).toContain('250 events delivered')
  expect(stderr).not.toContain('\u001b')
})

test('run and check warn about an unknown event type before anything starts, because it may never deliver anything', async () => {
  const filtered = ['--event-type', 'robot_hired']
  const run = await runCommand(['run', '--once', '--to', 'stdout', '--name', 'filtered', ...filtered], env)
  const check = await runCommand(['check', '--to', 'stdout', ...filtered], env)
  expect([run.code, run.stderr]).toEqual([
    0,
    expect.stringContaining('does not know the event type robot_hired'),
  ])
  expect([check.code, check.stdout]).toEqual([
    0,
    expect.stringMatching(/^! settings .*does not know the event\s+type\s+robot_hired/m),
  ])
})

test('a mistyped event type is refused with the nearest known one, unless a question mark after it says that it is intended', async () => {
  for (const verb of ['run', 'check']) {
    const refused = await runCommand([verb, '--to', 'stdout', '--event-type', 'user_login_faild'], env)
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('user_login_failed')])
    expect(refused.stderr).toContain('--event-type')
  }
  const intended = ['--to', 'stdout', '--name', 'intended', '--event-type', 'user_login_faild?']
  expect(await runCommand(['run', '--once', ...intended], env)).toMatchObject({ code: 0, stdout: '' })
})

test('query warns about an unknown event type and continues, because an archive may hold anything', async () => {
  const { code, stderr } = await runCommand(['query', '--event-type', 'user_login_faild'], env)
  expect([code, stderr]).toEqual([0, expect.stringContaining('Did you mean user_login_failed?')])
})

test('a mistyped path in a field policy is refused before anything starts, with the nearest known path', async () => {
  const config = join(folder, 'typo.yaml')
  const workspace = `"${simulator.workspace}"`
  writeFileSync(config, `pipelines: [{ workspace: ${workspace}, to: stdout, fields: { actor.emial: drop } }]`)
  for (const verb of ['run', 'check']) {
    const { code, stdout, stderr } = await runCommand([verb, '--config', config], env)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'No event has "actor.emial", the nearest is "actor.email"',
    )
  }
})

test('standard output holds only records, standard error only log lines', async () => {
  const { stdout, stderr } = await runCommand(['run', '--once', '--to', 'stdout'], env)
  for (const line of stdout.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('resourceLogs')
  for (const line of stderr.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level')
})

test('malformed events go to the quarantine, which lists and shows them whole, and the exit status is 3', async () => {
  const odd = await startSimulator({
    events: [{ gid: '77', event_type: 'x', created_at: 'soon', actor: {}, name: 'Zoë' }, simulator.events[0]],
  })
  const state = { ...env, ASANA_BASE_URL: odd.url, ASANA_AUDIT_STATE: join(folder, 'odd.db') }
  const ran = await runCommand(['run', '--once', '--to', `file:${join(folder, 'c.jsonl')}`], state)
  await odd.close()
  expect(ran.code).toBe(3)
  expect((await runCommand(['quarantine', 'list'], state)).stdout).toContain('gid 77')
  const mistyped = await runCommand(['quarantine', 'list', '--pipeline', 'acme'], state)
  expect(mistyped).toMatchObject({ code: 2, stdout: '' })
  expect(mistyped.stderr).toMatch(/--pipeline\n +There is no pipeline "acme"/)
  const shown = await runCommand(['quarantine', 'show', '1', '--json'], state)
  expect(JSON.parse(shown.stdout)).toMatchObject({ id: '77', event: { created_at: 'soon', name: 'Zoë' } })
  expect((await runCommand(['quarantine', 'show', '2'], state)).code).toBe(1)
})

describe('check', () => {
  test('says that token, destination and state work, and creates no file', async () => {
    const state = join(folder, 'check.db')
    const { code, stdout } = await runCommand(
      ['check', '--to', `file:${join(folder, 'd.jsonl')}`, '--state', state],
      env,
    )
    expect(code).toBe(0)
    expect(stdout.match(/✓/g)).toHaveLength(3)
    expect(existsSync(state)).toBe(false)
    expect(existsSync(join(folder, 'd.jsonl'))).toBe(false)
  })

  test.each([
    [401, { ASANA_TOKEN: 'wrong' }, 'unauthorized'],
    [404, { ASANA_WORKSPACE: '1' }, 'workspace_not_found'],
  ])('says what the status %i of Asana means', async (_, changes, code) => {
    const { code: status, stdout } = await runCommand(['check', '--to', 'stdout', '--json'], {
      ...env,
      ...changes,
    })
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ what: 'asana', ok: false, code }))
  })

  test.each([402, 403] as const)('says what the status %i of Asana means', async (refuseWith) => {
    simulator.set({ refuseWith })
    const { stdout } = await runCommand(['check', '--to', 'stdout', '--json'], env)
    simulator.set({ refuseWith: null })
    const code = refuseWith === 402 ? 'plan_required' : 'forbidden'
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ what: 'asana', ok: false, code }))
  })

  test('reports a destination that does not answer', async () => {
    const { code, stdout } = await runCommand(['check', '--to', 'otlp', '--json'], {
      ...env,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    })
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ what: 'otlp', ok: false, code: 'connection_refused' }),
    )
  })
})

describe('schema', () => {
  test('prints the Panther schema as YAML: fields, types, required, indicators, event time', async () => {
    const { stdout } = await runCommand(['schema', '--format', 'panther'])
    const schema = parse(stdout)
    expect(schema).toMatchObject({ schema: 'Asana.Audit', version: 0 })
    const flat = (fields: Record<string, unknown>[], prefix = ''): [string, unknown][] =>
      fields.flatMap(({ name, type, required, indicators, isEventTime, timeFormat, fields: inner }) => [
        [
          `${prefix}${name}`,
          [type, required && 'required', indicators, isEventTime && 'event time', timeFormat]
            .filter(Boolean)
            .flat()
            .join(' '),
        ],
        ...flat((inner ?? []) as Record<string, unknown>[], `${prefix}${name}.`),
      ])
    expect(Object.fromEntries(flat(schema.fields))).toEqual({
      gid: 'string required',
      actor: 'object required',
      'actor.actor_type': 'string',
      'actor.email': 'string email',
      'actor.gid': 'string',
      'actor.name': 'string username',
      context: 'object',
      'context.api_authentication_method': 'string',
      'context.client_ip_address': 'string ip',
      'context.context_type': 'string',
      'context.oauth_app_name': 'string',
      'context.user_agent': 'string',
      created_at: 'timestamp required event time rfc3339',
      details: 'json',
      event_category: 'string',
      event_type: 'string required',
      resource: 'object',
      'resource.email': 'string email',
      'resource.gid': 'string',
      'resource.name': 'string',
      'resource.resource_subtype': 'string',
      'resource.resource_type': 'string',
    })
  })

  test.each(['ecs', 'ocsf'] as const)('prints the index template for %s', async (dialect) => {
    const { stdout } = await runCommand(['schema', '--format', dialect])
    expect(JSON.parse(stdout)).toEqual(indexTemplate(dialect))
  })

  test('prints the JSON Schema of an event', async () => {
    const schema = JSON.parse((await runCommand(['schema', '--format', 'json-schema'])).stdout)
    expect(schema.required).toEqual(expect.arrayContaining(['gid', 'actor', 'created_at', 'event_type']))
  })

  test('its help says what it prints for each format', async () => {
    const { stdout } = await runCommand(['schema', '--help'])
    const [, choices = ''] = /\(choices: ([^)]*)\)/.exec(stdout) ?? []
    const [, said = ''] = stdout.split('It prints')
    const formats = [...choices.matchAll(/"([\w-]+)"/g)].map(([, name = '']) => name)
    expect(formats).toContain('ecs')
    const explained = [...said.matchAll(/^ {2}(\S+(?:, \S+)*) {2,}/gm)].flatMap(([, names = '']) =>
      names.split(', '),
    )
    expect(explained.toSorted()).toEqual(formats.toSorted())
  })
})

test('the help of a command begins with an example', async () => {
  for (const command of [
    ['run'],
    ['check'],
    ['convert'],
    ['simulate'],
    ['state', 'show'],
    ['quarantine', 'list'],
    ['schema'],
  ]) {
    const { code, stdout } = await runCommand([...command, '--help'])
    expect(code).toBe(0)
    expect(stdout.startsWith(`Examples:\n  asana-audit ${command.join(' ')}`)).toBe(true)
  }
})

test('--version prints the version of the package', async () => {
  expect((await runCommand(['--version'])).stdout.trim()).toBe(manifest.version)
})

test.skipIf(process.platform === 'win32')(
  'in a folder that was deleted it ends with a sentence',
  async () => {
    const gone = mkdtempSync(join(folder, 'gone-'))
    const script = `rmdir "$PWD" && exec "$0" "$1" run --once --to file:a.jsonl`
    const child = spawn('sh', ['-c', script, process.execPath, bin], {
      cwd: gone,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^✗ The operating system refused something: ENOENT: .*cwd[^\n]*\n$/),
    ])
  },
)

test('an unknown flag ends with exit 2 and names the help that lists the right ones', async () => {
  const { code, stderr } = await runCommand(['run', '--frobnicate'])
  expect(code).toBe(2)
  expect(stderr).toContain('--frobnicate')
  expect(stderr).toContain('(asana-audit run --help shows its options)')
  const inner = await runCommand(['state', 'show', '--frobnicate'])
  expect(inner).toMatchObject({ code: 2 })
  expect(inner.stderr).toContain('(asana-audit state show --help shows its options)')
})

import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import {
  logLines,
  type RunOptions,
  runCommand,
  startCommand,
  temporaryFolder,
} from '../support/commands/run-command.ts'
import { loginEvent, startAsana, token, workspace } from '../support/servers/asana-server.ts'

type Env = NonNullable<RunOptions['env']>

interface Refusal {
  readonly args?: readonly string[]
  readonly env?: Env
  /** YAML under `--config`. */
  readonly yaml?: string
  /** Each problem: its setting, and a part of the good value in its message. */
  readonly names: readonly (readonly [setting: string, good: string | RegExp])[]
}

/** Runs it, and expects a refusal that names every problem, before anything was requested, created or written. */
async function expectRefused({ args = [], env = {}, yaml, names }: Refusal): Promise<void> {
  const asana = await startAsana({ events: [loginEvent(0)] })
  const [folder, config] = [temporaryFolder(), join(temporaryFolder(), 'pipelines.yaml')]
  // No test may reach Asana itself, even if a refusal is missing.
  const written = yaml
    ?.replaceAll('BASE_URL', `"${asana.baseUrl}"`)
    .replaceAll('FOLDER_NAME', basename(folder))
    .replaceAll('FOLDER', folder)
  if (written !== undefined) writeFileSync(config, written)
  const described =
    yaml === undefined
      ? ['--to', `file:${join(folder, 'audit.jsonl')}`, '--state', join(folder, 'state.db'), ...args]
      : ['--config', config, '--state', join(folder, 'state.db'), ...args]

  const done = await runCommand(['run', '--once', ...described], { env: { ...asana.env, ...env } })

  expect(done).toMatchObject({ code: 2, stdout: '' })
  for (const [setting, good] of names) {
    const after = done.stderr.split(setting).slice(1)
    expect(after.length, `${setting} in\n${done.stderr}`).toBeGreaterThan(0)
    const shown = after.some((text) => (typeof good === 'string' ? text.includes(good) : good.test(text)))
    expect(shown, `${good} after ${setting} in\n${done.stderr}`).toBe(true)
  }
  expect(done.stderr).toContain(names.length === 1 ? 'One problem' : `${names.length} problems`)
  expect(asana.requests).toEqual([])
  expect(readdirSync(folder)).toEqual([])
}

describe('flags and environment', () => {
  test('every problem is named at once, each with a good value', async () => {
    await expectRefused({
      args: [
        ...['--workspace', 'two words', '--since', 'yesterday', '--until', '31-01-2026', '--poll', '5'],
        ...[
          '--limit',
          'many',
          '--actor-type',
          'robot',
          '--actor-email',
          'nobody',
          '--base-url',
          'ftp://asana.com',
        ],
        ...['--requests-per-minute', '0', '--give-up-after', 'soon', '--to', 'kafka', '--to', 'file:'],
      ],
      env: { ASANA_TOKEN: '', ASANA_CA_FILE: '/missing/ca.pem' },
      names: [
        ['--workspace', '1234567890123456'],
        ['--since', '31d'],
        ['--until', '2026-01-31'],
        ['--poll', '10s'],
        ['--limit', '100'],
        ['--actor-type', 'asana_support'],
        ['--actor-email', 'ada@example.com'],
        ['--base-url', 'https://app.asana.com/api/1.0'],
        ['--requests-per-minute', '1200'],
        ['--give-up-after', '15m'],
        ['"kafka"', 'file:/var/log/asana-audit.jsonl'],
        ['"file:"', 'file:/var/log/asana-audit.jsonl'],
        ['ASANA_TOKEN', '/run/secrets/asana-token'],
        ['ASANA_CA_FILE', '/etc/ssl/ca.pem'],
      ],
    })
  })

  test('every problem of the standard variables of OTLP is named at once too', async () => {
    await expectRefused({
      args: ['--to', 'otlp'],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'kafka',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'zip',
        OTEL_EXPORTER_OTLP_TIMEOUT: '10s',
        OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key',
        OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: '/missing/cert.pem',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name',
      },
      names: [
        ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://'],
        ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http/protobuf'],
        ['OTEL_EXPORTER_OTLP_COMPRESSION', 'gzip'],
        ['OTEL_EXPORTER_OTLP_TIMEOUT', '10000'],
        ['OTEL_EXPORTER_OTLP_HEADERS', '='],
        ['OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', 'OTEL_EXPORTER_OTLP_CLIENT_KEY'],
        [
          'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE',
          'The file it names (/missing/cert.pem) cannot be read (ENOENT)',
        ],
        ['OTEL_RESOURCE_ATTRIBUTES', '='],
      ],
    })
  })

  const single: readonly [string, Refusal][] = [
    ['no workspace', { env: { ASANA_WORKSPACE: '' }, names: [['ASANA_WORKSPACE', '1234567890123456']] }],
    [
      'a token file that is not there',
      { env: { ASANA_TOKEN: '', ASANA_TOKEN_FILE: '/missing/token' }, names: [['ASANA_TOKEN_FILE', 'file']] },
    ],
    [
      'an empty token file',
      { env: { ASANA_TOKEN: '', ASANA_TOKEN_FILE: '/dev/null' }, names: [['ASANA_TOKEN_FILE', 'token']] },
    ],
    [
      'a token and a token file',
      { env: { ASANA_TOKEN_FILE: '/dev/null' }, names: [['ASANA_TOKEN_FILE', 'Keep one of the two']] },
    ],
    [
      'an actor by gid and by type',
      {
        args: ['--actor-gid', '1', '--actor-type', 'user'],
        names: [['--actor-gid', 'leave actor_type out']],
      },
    ],
    ['an end before the start', { args: ['--since', '1d', '--until', '2d'], names: [['--until', '12h']] }],
    [
      'a token sent in the clear',
      { args: ['--base-url', 'http://app.asana.com/api/1.0'], names: [['--base-url', 'https']] },
    ],
    ['a time that does not exist', { args: ['--since', '2026-02-30'], names: [['--since', '31d']] }],
    ['a poll of nothing', { args: ['--poll', '0s'], names: [['--poll', '10s']] }],
    [
      'a longest poll shorter than the poll',
      { args: ['--poll', '30s', '--max-poll', '20s'], names: [['--max-poll', 'at least poll']] },
    ],
    [
      'a longest poll shorter than the usual poll',
      { args: ['--max-poll', '5s'], names: [['--max-poll', '10s by default']] },
    ],
    [
      'one destination twice',
      {
        args: ['--to', 'stdout', '--to', 'stdout'],
        names: [['Two pipelines are called', 'its own name']],
      },
    ],
    [
      'a CA certificate that is not there',
      {
        args: ['--to', 'otlp'],
        env: { OTEL_EXPORTER_OTLP_CERTIFICATE: '/missing/ca.pem' },
        names: [['OTEL_EXPORTER_OTLP_CERTIFICATE', '/etc/ssl/ca.pem']],
      },
    ],
    ['an event type of blanks', { args: ['--event-type', '  '], names: [['--event-type', 'Give a value']] }],
    ['a limit of zero', { args: ['--limit', '0'], names: [['--limit', '100']] }],
    [
      'a file that is not there',
      {
        args: ['--config', '/missing.yaml', '--to', 'stdout'],
        names: [
          ['--config', '/missing.yaml'],
          ['--to', 'only in the file'],
        ],
      },
    ],
  ]

  test.each(single)('%s is refused', async (_, refusal) => {
    await expectRefused(refusal)
  })

  test.each([
    [['run', '--once', '--to', 'stdout', '--onec'], '--onec'],
    [['run', '--to'], '--to'],
    [['run', '--log', 'loud', '--to', 'stdout'], 'human'],
    [['run', 'now', '--to', 'stdout'], 'argument'],
    [['rum'], 'rum'],
    [['state'], 'show'],
    [['quarantine', 'show'], 'number'],
    [['schema', '--format', 'avro'], 'panther'],
    [['simulate', '--events', 'many'], '--events'],
    [['check', '--to', 'kafka'], 'otlp'],
    [[], 'Usage'],
  ])('a wrong command line is refused: %j', async (args, names) => {
    const asana = await startAsana({ events: [] })
    const done = await runCommand(args, { env: asana.env })
    expect(done).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(names) })
    expect(asana.requests).toEqual([])
  })
})

describe('a YAML file', () => {
  test('every problem is named at once, each with its line and a good value', async () => {
    await expectRefused({
      yaml: `
requests_per_minute: fast
pipelines:
  - workspace: [1]
    base_url: BASE_URL
    name: ""
    since: soon
    colour: blue
    filters: {actor_type: robot, actor_email: nobody, shape: round}
    details: flat
    fields: {actor.email: shred}
    to: {otlp: {endpoint: "ftp://x", protocol: kafka}}
  - token_env: UNSET_TOKEN
    base_url: BASE_URL
    poll: 1
    max_response_bytes: 10
    to: {file: {path: /tmp/x, rotate_bytes: 1}}
  - workspace: 1
    base_url: BASE_URL
    token_file: /missing/token
    fields: {actor.email: hash}
    limit: 1.5
`,
      names: [
        ['requests_per_minute', '1200'],
        ['pipelines[0].workspace', '1234567890123456'],
        ['pipelines[0].name', 'acme-otlp'],
        ['pipelines[0].since', '31d'],
        ['pipelines[0].colour', 'workspace'],
        ['pipelines[0].filters.actor_type', 'asana_support'],
        ['pipelines[0].filters.actor_email', 'ada@example.com'],
        ['pipelines[0].filters.shape', 'event_type'],
        ['pipelines[0].details', 'structured'],
        ['pipelines[0].fields', 'hash'],
        ['pipelines[0].to.otlp.endpoint', 'https://'],
        ['pipelines[0].to.otlp.protocol', 'http/protobuf'],
        ['pipelines[1].workspace', '1234567890123456'],
        ['pipelines[1].token_env', 'is not set'],
        ['pipelines[1].poll', '10s'],
        ['pipelines[1].max_response_bytes', '100663296'],
        ['pipelines[1].to', 'rotate_bytes'],
        ['pipelines[2].token_file', 'cannot be read'],
        ['pipelines[2].fields', /hash.?key/i],
        ['pipelines[2].limit', '100'],
        ['pipelines[2].to', 'stdout'],
      ],
    })
  })

  test.each([
    ['text that is not YAML', 'pipelines: [', [['pipelines.yaml', 'YAML']]],
    ['an empty file', '', [['pipelines', 'workspace']]],
    ['no pipelines', 'state: /tmp/x', [['pipelines', 'workspace']]],
    ['an empty list', 'pipelines: []', [['pipelines', 'workspace']]],
    ['a pipeline that is a text', 'pipelines: [otlp]', [['pipelines[0]', 'map']]],
    [
      'an unknown setting at the top',
      'pipeline: []\npipelines: [{workspace: 1, base_url: BASE_URL, to: stdout}]',
      [[', line 1: pipeline\n', 'Did you mean pipelines?']],
    ],
    [
      'a variable that is not set',
      `pipelines: [{workspace: 1, base_url: BASE_URL, name: "of \${NOWHERE}", to: stdout}]`,
      [['NOWHERE', 'not set']],
    ],
    [
      'two pipelines of one name',
      'pipelines: [{name: a, workspace: 1, base_url: BASE_URL, to: stdout}, {name: a, workspace: 2, base_url: BASE_URL, to: otlp}]',
      [['Two pipelines are called', 'its own name']],
    ],
    [
      'two pipelines into one file, which only one may write',
      'pipelines: [{name: a, workspace: 1, base_url: BASE_URL, to: file:FOLDER/x}, {name: b, workspace: 2, base_url: BASE_URL, to: file:FOLDER/../FOLDER_NAME/x}]',
      [['pipelines[1].to', '/x']],
    ],
  ] as const)('with %s is refused', async (_, yaml, names) => {
    await expectRefused({ yaml, names })
  })
})

describe('a state', () => {
  test('of other filters is refused with the three solutions, and nothing is requested', async () => {
    const asana = await startAsana({ events: [loginEvent(0)] })
    const folder = temporaryFolder()
    const [file, state] = [join(folder, 'audit.jsonl'), join(folder, 'state.db')]
    const args = ['run', '--once', '--to', `file:${file}`, '--state', state]
    expect(await runCommand(args, { env: asana.env })).toMatchObject({ code: 0 })
    const asked = asana.requests.length

    for (const filter of [
      ['--event-type', 'user_login_failed'],
      ['--actor-gid', '7'],
      ['--actor-type', 'user'],
      ['--actor-email', 'ada@example.com'],
      ['--resource-gid', '7'],
    ]) {
      const done = await runCommand([...args, ...filter], { env: asana.env })
      expect(done.code).toBe(2)
      for (const way of [/old filters/, /new name/, /rewind/i]) expect(done.stderr).toMatch(way)
    }
    expect(asana.requests.length).toBe(asked)
    expect(await runCommand(args, { env: asana.env })).toMatchObject({ code: 0 })
  })

  test('allows one runner of a pipeline at a time', async () => {
    const asana = await startAsana({ events: [loginEvent(0)] })
    const folder = temporaryFolder()
    const [file, state] = [join(folder, 'audit.jsonl'), join(folder, 'state.db')]
    const args = ['run', '--to', `file:${file}`, '--state', state]
    const first = startCommand(args, { env: asana.env })
    await vi.waitFor(() => expect(existsSync(file)).toBe(true), { timeout: 300_000 })

    const second = await runCommand(args, { env: asana.env })
    expect(second.code).toBe(1)
    const said = logLines(second.stderr).at(-1)
    expect(said).toMatchObject({ message: 'failed', code: 'already_running' })
    expect(said?.['detail']).toMatch(
      /Another process runs the pipeline "[^"]+" on this state\. Stop it first/,
    )
    expect(asana.requests.every(({ authorization }) => authorization === `Bearer ${token}`)).toBe(true)
    const other = ['run', '--once', '--to', 'stdout', '--state', state]
    expect(await runCommand(other, { env: asana.env })).toMatchObject({ code: 0 })
    const shown = await runCommand(['state', 'show', '--json', '--state', state])
    expect(JSON.parse(shown.stdout)).toMatchObject({ lanes: [{ delivered: 1 }, { delivered: 1 }] })

    first.child.kill('SIGKILL')
    await first.finished
    expect(await runCommand([...args, '--once'], { env: asana.env })).toMatchObject({ code: 0 })
  })

  test('that is a file of another program is not changed', async () => {
    const asana = await startAsana({ events: [loginEvent(0)] })
    const state = join(temporaryFolder(), 'notes.txt')
    writeFileSync(state, 'my notes\n'.repeat(1_000))
    const done = await runCommand(['run', '--once', '--to', 'stdout', '--state', state], { env: asana.env })
    expect(done).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(state) })
    expect(asana.requests).toEqual([])
  })

  test('in a folder that does not exist is a wrong setting', async () => {
    const asana = await startAsana({ events: [loginEvent(0)] })
    const state = join(temporaryFolder(), 'missing', 'state.db')
    const done = await runCommand(['run', '--once', '--to', 'stdout', '--state', state], { env: asana.env })
    expect(done.code).toBe(2)
    expect(done.stderr).toContain(`\n  --state\n      The folder ${dirname(state)} does not exist (ENOENT).`)
    expect(asana.requests).toEqual([])
  })
})

test('a valid configuration runs, and check accepts it', async () => {
  const asana = await startAsana({ events: [loginEvent(0)] })
  const folder = temporaryFolder()
  const yaml = join(folder, 'pipelines.yaml')
  writeFileSync(
    yaml,
    `state: ${join(folder, 'state.db')}
pipelines:
  - {name: a, workspace: ${workspace}, base_url: "${asana.baseUrl}", to: "file:${join(folder, 'a.jsonl')}"}
  - {name: b, workspace: "${workspace}", base_url: "\${BASE:-${asana.baseUrl}}", since: 2026-01-01, to: {file: {path: ${join(folder, 'b.jsonl')}}}}
`,
  )
  const env = { ASANA_TOKEN: token }
  expect(await runCommand(['check', '--config', yaml], { env })).toMatchObject({ code: 0 })
  const done = await runCommand(['run', '--once', '--config', yaml], { env })
  expect(done).toMatchObject({ code: 0 })
  const finished = logLines(done.stderr).filter(({ message }) => message === 'finished')
  expect(finished).toMatchObject([
    { pipeline: 'a', delivered: 1 },
    { pipeline: 'b', delivered: 1 },
  ])
})

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Flags, readSettings, type Settings } from '../../src/config/read-settings.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-settings-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const good = { ASANA_TOKEN: 'secret', ASANA_WORKSPACE: '42' }

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function settingsOf(flags: Flags, env: NodeJS.ProcessEnv): Promise<Settings> {
  const reading = await readSettings(flags, env)
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems))
  return reading.settings
}

async function problemsOf(flags: Flags, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const reading = await readSettings(flags, env)
  if ('settings' in reading) throw new Error('expected problems')
  return Object.fromEntries(reading.problems.map(({ setting, message }) => [setting, message]))
}

describe('flags and environment', () => {
  test('a token with "Bearer" before it is refused at the start, from any source', async () => {
    const token = 'Bearer abcd'
    const config = file('token.yaml', 'pipelines: [{ workspace: "1", token_env: MINE, to: stdout }]')
    const found = [
      await problemsOf({ to: ['stdout'] }, { ...good, ASANA_TOKEN: token }),
      await problemsOf({ to: ['stdout'] }, { ASANA_WORKSPACE: '42', ASANA_TOKEN_FILE: file('token', token) }),
      await problemsOf({ config }, { MINE: token }),
    ]
    for (const problems of found) {
      expect(Object.values(problems)).toEqual([expect.stringContaining('Leave that word out')])
      expect(JSON.stringify(problems)).not.toContain('abcd')
    }
  })

  test('describe one pipeline for each destination, named by workspace and destination', async () => {
    const { pipelines, statePath } = await settingsOf(
      { to: ['otlp', 'file:/tmp/a.jsonl', 'stdout'], state: '/tmp/s.db' },
      good,
    )
    expect(pipelines.map(({ name }) => name)).toEqual(['42 otlp', '42 /tmp/a.jsonl', '42 stdout'])
    expect(statePath).toBe('/tmp/s.db')
  })

  test('a flag overrides its variable', async () => {
    const { pipelines } = await settingsOf({ to: ['stdout'], workspace: '7' }, good)
    expect(pipelines[0]?.workspace).toBe('7')
  })

  test('the number of concurrent requests is set in YAML', async () => {
    const config = (inFlight: number) =>
      file('a.yaml', `pipelines: [{ workspace: "1", to: { otlp: { in_flight: ${inFlight} } } }]`)
    const { pipelines } = await settingsOf({ config: config(1) }, good)
    expect(pipelines[0]?.destination).toMatchObject({ kind: 'otlp', maxInFlight: 1 })
    expect(Object.keys(await problemsOf({ config: config(9) }, good))).toEqual([
      expect.stringMatching(/pipelines\[0\]\.to/),
    ])
  })

  test('the standard OTLP variables configure the destination', async () => {
    const { pipelines } = await settingsOf(
      { to: ['otlp'] },
      {
        ...good,
        OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c.example:4318',
        OTEL_EXPORTER_OTLP_HEADERS: 'x-key=k',
      },
    )
    expect(pipelines[0]?.destination).toMatchObject({
      kind: 'otlp',
      options: { url: 'https://c.example:4318/v1/logs', headers: { 'x-key': 'k' } },
    })
  })

  test('the token comes from the variable, or from a file that is read again after a refusal', async () => {
    const path = file('token', 'first\n')
    const { pipelines } = await settingsOf(
      { to: ['stdout'] },
      { ASANA_WORKSPACE: '42', ASANA_TOKEN_FILE: path },
    )
    const read = pipelines[0]?.token.reader()
    expect(await read?.()).toBe('first')
    writeFileSync(path, 'second\n')
    expect(await read?.another?.(new Set(['first']))).toBe('second')
  })

  test('every problem is reported at once, each with its setting and a good value', async () => {
    const problems = await problemsOf(
      { to: ['kafka'], since: 'soon', limit: '0', actorType: ['robot'], requestsPerMinute: 'many' },
      { ASANA_BASE_URL: 'http://example.com', OTEL_RESOURCE_ATTRIBUTES: 'broken' },
    )
    expect(Object.keys(problems)).toEqual([
      '--workspace (or ASANA_WORKSPACE)',
      'ASANA_BASE_URL',
      '--actor-type',
      '--since',
      '--limit',
      'ASANA_TOKEN (or ASANA_TOKEN_FILE)',
      '--to',
      '--requests-per-minute',
      'OTEL_RESOURCE_ATTRIBUTES',
    ])
    for (const message of Object.values(problems)) expect(message).toMatch(/Give|Put|good value/)
  })

  test('a token is sent over plain http only to this machine', async () => {
    for (const url of [
      'http://localhost:1/api',
      'http://127.0.0.1:8080',
      'http://[::1]:1',
      'https://asana.example',
    ]) {
      expect((await settingsOf({ to: ['stdout'], baseUrl: url }, good)).pipelines[0]?.baseUrl).toBe(url)
    }
    for (const url of ['http://asana.example', 'ftp://localhost', 'https://u:p@asana.example', 'not a url']) {
      expect(Object.keys(await problemsOf({ to: ['stdout'], baseUrl: url }, good))).toEqual(['--base-url'])
    }
  })

  test('a token file that is missing or empty is a problem before anything starts', async () => {
    const problems = await problemsOf(
      { to: ['stdout'] },
      { ASANA_WORKSPACE: '42', ASANA_TOKEN_FILE: file('empty', '\n') },
    )
    expect(problems['ASANA_TOKEN_FILE']).toContain('is empty')
    const missing = { ASANA_WORKSPACE: '42', ASANA_TOKEN_FILE: join(folder, 'none') }
    expect((await problemsOf({ to: ['stdout'] }, missing))['ASANA_TOKEN_FILE']).toContain('ENOENT')
  })

  test('actor_gid together with actor_type is refused, because Asana accepts only one of them', async () => {
    const problems = await problemsOf({ to: ['stdout'], actorGid: '1', actorType: ['user'] }, good)
    expect(Object.keys(problems)).toEqual(['--actor-gid'])
  })

  test('an until before since is refused', async () => {
    expect(Object.keys(await problemsOf({ to: ['stdout'], since: '1d', until: '2d' }, good))).toEqual([
      '--until',
    ])
  })
})

test('a problem between two settings does not hide other problems', async () => {
  const problems = await problemsOf({ to: ['kafka'], since: '1d', until: '2d', limit: 'x' }, {})
  expect(Object.keys(problems)).toEqual([
    '--workspace (or ASANA_WORKSPACE)',
    '--limit',
    '--until',
    'ASANA_TOKEN (or ASANA_TOKEN_FILE)',
    '--to',
  ])
})

describe('the first run reports every problem', () => {
  test('of the destination, even without a token and a workspace', async () => {
    const path = file('ecs.jsonl', '{"resourceLogs":[]}')
    const problems = await problemsOf(
      { to: [`file:${path}`, `file:${path}`, 'otlp'], format: 'ecs' },
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'kafka', OTEL_EXPORTER_OTLP_CERTIFICATE: join(folder, 'none.pem') },
    )
    expect(Object.keys(problems)).toEqual([
      '--workspace (or ASANA_WORKSPACE)',
      'ASANA_TOKEN (or ASANA_TOKEN_FILE)',
      '--format',
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'OTEL_EXPORTER_OTLP_CERTIFICATE',
      '--to',
    ])
    expect(problems['--to']).toContain('its own file')
  })

  test('of two pipelines with one file, also through a link to it or to its folder', async () => {
    const path = file('one.jsonl', '')
    symlinkSync(path, join(folder, 'link.jsonl'))
    symlinkSync(folder, join(folder, 'again'))
    for (const other of [join(folder, 'link.jsonl'), join(folder, 'again', 'one.jsonl')]) {
      const problems = await problemsOf({ to: [`file:${path}`, `file:${other}`] }, good)
      expect(problems['--to']).toContain('its own file')
    }
    const inNewFiles = [`file:${join(folder, 'new.jsonl')}`, `file:${join(folder, 'again', 'new.jsonl')}`]
    expect((await problemsOf({ to: inNewFiles }, good))['--to']).toContain('its own file')
  })

  test('of the Splunk files, even without the Splunk address', async () => {
    const none = join(folder, 'none')
    const problems = await problemsOf(
      { to: ['splunk-hec'] },
      { ...good, SPLUNK_HEC_TOKEN_FILE: none, SPLUNK_HEC_CA_FILE: none },
    )
    expect(Object.keys(problems)).toEqual(['SPLUNK_HEC_URL', 'SPLUNK_HEC_TOKEN_FILE', 'SPLUNK_HEC_CA_FILE'])
  })

  test('of a name that is given twice, together with others', async () => {
    const config = file(
      'a.yaml',
      'pipelines: [{ name: a, to: stdout }, { name: a, to: otlp }, { to: stdout }]',
    )
    const problems = await problemsOf({ config }, {})
    expect(problems[`${config}, line 1: pipelines[1].name`]).toContain('"a"')
  })

  test('of --hec-format, by its own flag, also for another destination', async () => {
    const env = { ...good, SPLUNK_HEC_URL: 'https://splunk.example:8088', SPLUNK_HEC_TOKEN: 't' }
    const problems = await problemsOf({ to: ['splunk-hec'], hecFormat: 'json' }, env)
    expect(problems).toEqual({ '--hec-format': '"json" cannot be used. Give one of asana, otel.' })
    expect(Object.keys(await problemsOf({ to: ['otlp'], hecFormat: 'otel' }, good))).toEqual(['--hec-format'])
  })
})

test('a duration or an age without a unit is a problem, in YAML too', async () => {
  const flags = await problemsOf({ to: ['stdout'], since: '7', poll: '30', settledWindow: '90' }, good)
  expect(flags['--since']).toContain('"7" has no unit. Give for example 7d.')
  expect(flags['--poll']).toContain('Give for example 30s.')
  expect(flags['--settled-window']).toContain('Give for example 90m.')
  const config = file('a.yaml', 'pipelines: [{ workspace: "1", to: stdout, poll: 30 }]')
  expect(Object.values(await problemsOf({ config }, good))).toEqual([
    expect.stringContaining('Give for example 30s.'),
  ])
})

test('the message of an until before since says so', async () => {
  const { '--until': message } = await problemsOf({ to: ['stdout'], since: '1d', until: '2d' }, good)
  expect(message).toContain('It is not after since. Give')
})

describe('YAML', () => {
  test('describes several pipelines, with environment variables in their values', async () => {
    const path = file(
      'p.yaml',
      `state: ${folder}/s.db
requests_per_minute: 60
pipelines:
  - name: acme
    workspace: 1234567890123456
    token_env: ACME
    since: 31d
    poll: 1m
    max_poll: 5m
    filters: { event_type: user_login_failed, actor_email: ada@example.com }
    fields: { actor.email: hash }
    hash_key_file: ${file('key', 'sixteen bytes or more')}
    to:
      - otlp: { endpoint: "https://\${HOST:-c.example}:4318/v1/logs", headers: { x-key: "\${KEY}" }, timeout: 5000 }
      - file: { path: /tmp/a.jsonl, rotate_bytes: 10485760, rotate_keep: 30 }
  - workspace: "7"
    to: stdout`,
    )
    const env = { ACME: 'acme-token', ASANA_TOKEN: 'other-token', KEY: 'a b,c' }
    const settings = await settingsOf({ config: path }, env)
    expect(settings).toMatchObject({ statePath: `${folder}/s.db`, requestsPerMinute: 60 })
    expect(settings.pipelines.map(({ name }) => name)).toEqual(['acme otlp', 'acme /tmp/a.jsonl', '7 stdout'])
    const [otlp, archive, other] = settings.pipelines
    expect(otlp).toMatchObject({
      workspace: '1234567890123456',
      pollMs: 60_000,
      maxPollMs: 300_000,
      filters: { eventType: 'user_login_failed', actorEmail: 'ada@example.com' },
      destination: {
        options: { url: 'https://c.example:4318/v1/logs', headers: { 'x-key': 'a b,c' }, timeoutMs: 5_000 },
      },
    })
    expect(archive?.destination).toMatchObject({
      ...{ kind: 'file', path: '/tmp/a.jsonl', rotateBytes: 10_485_760, rotateKeep: 30 },
    })
    expect(await otlp?.token.reader()()).toBe('acme-token')
    expect(await other?.token.reader()()).toBe('other-token')
    expect(otlp?.token.source).not.toBe(other?.token.source)
  })

  test('problems name the line in the file, and the nearest known setting', async () => {
    const path = file(
      'p.yaml',
      `pipelines:
  - workspace: 1
    tokenfile: x
    filters: { type: a }
    to: { otlp: { endpoint: nowhere, protocol: kafka } }
  - { name: twice, workspace: 1, to: stdout }
  - { name: twice, workspace: 2, to: "\${UNSET}" }`,
    )
    const problems = await problemsOf({ config: path, to: ['stdout'] }, { ASANA_TOKEN: 't' })
    expect(Object.keys(problems).map((setting) => setting.replace(`${path}, `, ''))).toEqual([
      'line 3: pipelines[0].tokenfile',
      'line 3: pipelines[0].token_file',
      'line 4: pipelines[0].filters.type',
      'line 5: pipelines[0].to.otlp.endpoint',
      'line 5: pipelines[0].to.otlp.protocol',
      `line 7: \${UNSET}`,
      '--to',
    ])
    expect(problems[`${path}, line 3: pipelines[0].tokenfile`]).toContain('Did you mean token_file?')
    expect(problems[`${path}, line 4: pipelines[0].filters.type`]).toContain('event_type or actor_type?')
  })

  test('two pipelines with one name are refused, because they would share a cursor', async () => {
    const path = file('p.yaml', 'pipelines: [{ workspace: 1, to: stdout }, { workspace: 1, to: stdout }]')
    const problems = await problemsOf({ config: path }, { ASANA_TOKEN: 't' })
    expect(problems[`${path}, line 1: pipelines[1].name`]).toContain('"1 stdout"')
  })

  test.each([
    ['pipelines: [', 'It is not YAML'],
    ['', 'pipelines'],
    ['pipelines: []', 'at least one'],
    ['pipelines: [{}]\nlog: x', 'There is no such setting.'],
  ])('the file %j is refused with a reason', async (text, reason) => {
    const problems = await problemsOf({ config: file('p.yaml', text) }, { ASANA_TOKEN: 't' })
    expect(Object.values(problems).join()).toContain(reason)
  })
})

test('the default path of the state is in the folder for the state of applications', async () => {
  const xdg = await settingsOf({ to: ['stdout'] }, { ...good, XDG_STATE_HOME: '/var/state' })
  expect(xdg).toMatchObject({ statePath: '/var/state/asana-audit/state.db', statePathIsDefault: true })
})

test('the default path of the state is the same from every folder, even with an empty or relative HOME', async () => {
  onTestFinished(() => void vi.unstubAllEnvs())
  for (const home of ['', 'home']) {
    vi.stubEnv('HOME', home)
    const { statePath } = await settingsOf({ to: ['stdout'] }, { ...good, XDG_STATE_HOME: 'state' })
    expect(statePath).toBe(join(userInfo().homedir, '.local/state/asana-audit/state.db'))
  }
})

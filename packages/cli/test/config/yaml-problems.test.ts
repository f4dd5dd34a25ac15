import { writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSettings, type Settings } from '../../src/config/read-settings.ts'
import { describeProblems } from '../../src/terminal/problem.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

async function problemsOf(text: string, env: NodeJS.ProcessEnv = {}): Promise<[string, string][]> {
  writeFileSync(file('p.yaml'), text)
  const reading = await readSettings({ config: file('p.yaml') }, { ASANA_TOKEN: 't', ...env })
  if ('settings' in reading) throw new Error('expected problems')
  return reading.problems.map(({ setting, message }) => [setting.replace(`${file('p.yaml')}, `, ''), message])
}

async function settingsOf(text: string, env: NodeJS.ProcessEnv = {}): Promise<Settings> {
  writeFileSync(file('p.yaml'), text)
  const reading = await readSettings({ config: file('p.yaml') }, { ASANA_TOKEN: 't', ...env })
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems))
  return reading.settings
}

const settings = (problems: [string, string][]): string[] => problems.map(([setting]) => setting)

describe('every problem at once, with its line and the nearest name', () => {
  test('an unknown setting does not hide other problems', async () => {
    const found = await problemsOf(`stat: s.db
requests_per_minute: many
pipelines:
  - workspace: "1"
    to: kafka
    tokenfile: x
    filters: { actor_gid: "1", actor_type: user, event_typ: a }
  - workspace: "2"
    since: soon
    to:
      - otlp: { endpont: "https://c.example:4318/v1/logs", in_flight: 9 }
      - spluk_hec: {}
      - { otlp: , file: { path: a } }
      - file: { rotate_bytes: 1 }
`)
    expect(settings(found)).toEqual([
      'line 1: stat',
      'line 2: requests_per_minute',
      'line 5: pipelines[0].to',
      'line 6: pipelines[0].tokenfile',
      'line 6: pipelines[0].token_file',
      'line 7: pipelines[0].filters.event_typ',
      'line 7: pipelines[0].filters.actor_gid',
      'line 9: pipelines[1].since',
      'line 11: pipelines[1].to[0].otlp.endpont',
      'line 11: pipelines[1].to[0].otlp.in_flight',
      'line 12: pipelines[1].to[1].spluk_hec',
      'line 12: pipelines[1].to[1].splunk_hec.url',
      'line 12: pipelines[1].to[1].splunk_hec.token_file',
      'line 13: pipelines[1].to[2]',
      'line 14: pipelines[1].to[3].file.path',
      'line 14: pipelines[1].to[3].file.rotate_bytes',
    ])
    const said = new Map(found)
    expect(said.get('line 1: stat')).toContain('Did you mean state?')
    expect(said.get('line 6: pipelines[0].tokenfile')).toContain('Did you mean token_file?')
    expect(said.get('line 7: pipelines[0].filters.event_typ')).toContain('Did you mean event_type?')
    expect(said.get('line 11: pipelines[1].to[0].otlp.endpont')).toContain('Did you mean endpoint?')
    expect(said.get('line 13: pipelines[1].to[2]')).toContain('otlp and file')
  })

  test.each([
    ['pipelins: [{ workspace: "1", to: stdout }]', 'line 1: pipelins', 'Did you mean pipelines?'],
    [
      'pipelines: [{ workspce: "1", to: stdout }]',
      'line 1: pipelines[0].workspce',
      'Did you mean workspace?',
    ],
    ['pipelines: [{ workspace_gid: "1", to: stdout }]', 'line 1: pipelines[0].workspace_gid', 'workspace?'],
    [
      'pipelines: [{ workspace: "1", desination: stdout }]',
      'line 1: pipelines[0].desination',
      'The destination is called "to".',
    ],
    [
      'pipelines: [{ workspace: "1", to: stdout, poll: 5s, pol: 6s }]',
      'line 1: pipelines[0].pol',
      'Did you mean poll?',
    ],
    [
      'pipelines: [{ workspace: "1", to: [{ file: { pth: a.jsonl } }] }]',
      'line 1: pipelines[0].to[0].file.pth',
      'Did you mean path?',
    ],
    [
      'alarm: { webhoks: [{ ulr: "http://127.0.0.1:1/" }] }\npipelines: [{ workspace: "1", to: stdout }]',
      'line 1: alarm.webhoks',
      'Did you mean webhooks?',
    ],
  ])('a mistyped setting is the only problem, and not missing too: %s', async (text, setting, meant) => {
    const [[found, message] = ['', ''], ...more] = await problemsOf(text)
    expect([found, message]).toEqual([setting, expect.stringContaining(meant)])
    expect(more.filter(([, said]) => !said.includes('Did you mean'))).toEqual([])
  })

  test('the value of a mistyped setting is checked as well', async () => {
    expect(await problemsOf('pipelines: [{ workspace: "1", to: stdout, sinc: soon }]')).toEqual([
      ['line 1: pipelines[0].sinc', 'There is no such setting. Did you mean since?'],
      ['line 1: pipelines[0].since', expect.stringMatching(/^"soon" cannot be used\./)],
    ])
  })

  test('a setting that begins like several is reported with these', async () => {
    const [problem] = await problemsOf('pipelines: [{ workspace: "1", to: stdout, second: x }]')
    expect(problem?.[1]).toBe(
      'There is no such setting. Did you mean second_token_file, second_token_env or second_token_exec?',
    )
  })

  test('what is known is listed for a setting that is like none, on lines of its own', async () => {
    writeFileSync(file('p.yaml'), 'pipelines: [{ workspace: "1", to: stdout, filters: { colour: blue } }]')
    const reading = await readSettings({ config: file('p.yaml') }, { ASANA_TOKEN: 't' })
    if ('settings' in reading) throw new Error('expected problems')
    expect(describeProblems(reading.problems, 80)).toContain(
      '      There is no such setting.\n      Known here: event_type, actor_type, actor_gid, actor_email, resource_gid.\n',
    )
  })

  test.each([
    ['people: hsah', 'people', 'Did you mean hash?'],
    ['details: structred', 'details', 'Did you mean structured?'],
    ['format: ecss', 'format', 'Did you mean ecs?'],
    ['fields: { actor.name: drp }', 'fields.actor.name', 'Did you mean drop?'],
    ['filters: { actor_type: usr }', 'filters.actor_type', 'Did you mean user?'],
    ['filters: { actor_type: [usr] }', 'filters.actor_type[0]', 'Did you mean user?'],
    ['detect: { level: hgih }', 'detect.level', 'Did you mean high?'],
    ['to: flie:a.jsonl', 'to', 'Did you mean file:a.jsonl?'],
    ['to: splunk', 'to', 'Did you mean splunk-hec?'],
    ['to: s3://audit/asana', 'to', 'Did you mean archive:s3://audit/asana?'],
    ['to: ./audit.jsonl', 'to', 'Did you mean file:./audit.jsonl?'],
    ['to: http://localhost:4318', 'to', 'Did you mean otlp?'],
    ['to: { otlp: { on_uncertain: stpo } }', 'to.otlp.on_uncertain', 'Did you mean stop?'],
    ['to: { otlp: { compression: zsdt } }', 'to.otlp.compression', 'A good value is zstd.'],
  ])('a mistyped value is reported with the one that was meant: %s', async (line, setting, meant) => {
    const to = line.startsWith('to:') ? '' : 'to: stdout, '
    const found = await problemsOf(`pipelines: [{ workspace: "1", ${to}${line} }]`)
    expect(found).toEqual([[`line 1: pipelines[0].${setting}`, expect.stringContaining(meant)]])
  })

  test('a setting beside its destination is to be indented', async () => {
    const text =
      'pipelines:\n  - workspace: "1"\n    to:\n      - otlp:\n        endpoint: "http://c.example:4318"\n'
    expect(await problemsOf(text)).toEqual([
      ['line 5: pipelines[0].to[0].endpoint', 'It is a setting of otlp. Indent it below otlp.'],
    ])
  })

  test('a workspace that is not a gid is refused', async () => {
    const found = await problemsOf('pipelines: [{ workspace: acme, to: stdout }]')
    expect(found).toEqual([
      [
        'line 1: pipelines[0].workspace',
        expect.stringMatching(/^"acme" cannot be used\. Give the "Domain ID"/),
      ],
    ])
  })

  test('rotate_keep without rotate_bytes is a problem', async () => {
    const text =
      'pipelines:\n  - workspace: "1"\n    to:\n      file:\n        path: a.jsonl\n        rotate_keep: 3\n'
    const [[setting, message] = ['', '']] = await problemsOf(text)
    expect(setting).toBe('line 6: pipelines[0].to.file.rotate_keep')
    expect(message).toContain('It needs rotate_bytes.')
  })

  test('a missing setting is reported at the line of its map', async () => {
    expect(settings(await problemsOf('pipelines:\n  - name: a\n    to: stdout\n'))).toEqual([
      'line 2: pipelines[0].workspace',
    ])
  })

  test('an item of a list has its own line', async () => {
    const text =
      'pipelines:\n  - workspace: "1"\n    to: stdout\n    filters:\n      actor_type:\n        - user\n        - robot\n'
    const [[setting, message] = ['', '']] = await problemsOf(text)
    expect(setting).toBe('line 7: pipelines[0].filters.actor_type[1]')
    expect(message).toContain('"robot" cannot be used. Give one or a list of user')
  })

  test('keys with dots in them have their own lines', async () => {
    const text =
      'pipelines:\n  - workspace: "1"\n    to: stdout\n    fields:\n      actor.name: drop\n      actor.email: hush\n'
    expect(settings(await problemsOf(text))).toEqual(['line 6: pipelines[0].fields.actor.email'])
  })
})

describe('each wrong entry has its own line', () => {
  test('in fields, relevance and a list of event types', async () => {
    const found = await problemsOf(`pipelines:
  - workspace: "1"
    to: stdout
    fields:
      actor.name: keep
      actor.emial: drop
      gid: drop
      "contxt.client_ip_address": keep
    relevance:
      user_logged_out: low
      user_login_faild: high
    filters:
      event_type:
        - user_login_failed
        - user_login_sucseeded
`)
    expect(Object.fromEntries(found)).toEqual({
      'line 6: pipelines[0].fields.actor.emial': expect.stringMatching(
        /^No event has "actor.emial", the nearest is "actor.email".*\.$/,
      ),
      'line 7: pipelines[0].fields.gid': '"gid" is needed in every event, so it can only be kept.',
      'line 8: pipelines[0].fields.contxt.client_ip_address': expect.stringContaining(
        '"context.client_ip_address"',
      ),
      'line 11: pipelines[0].relevance.user_login_faild': expect.stringContaining('"user_login_failed"'),
      'line 15: pipelines[0].filters.event_type[1]': expect.stringContaining('user_login_succeeded'),
    })
  })

  test('for a field marked with ?, as it was written', async () => {
    const found = await problemsOf(`pipelines:
  - workspace: "1"
    to: stdout
    people: drop
    fields:
      actor.name: drop
      actor.email?: keep
`)
    expect(found).toEqual([
      ['line 7: pipelines[0].fields.actor.email?', expect.stringContaining('where people are hidden')],
    ])
  })

  test('for a hash key: where its file is named, or else where hashing is asked for', async () => {
    writeFileSync(file('short'), 'short')
    const pipeline = (rest: string): string => `pipelines:\n  - workspace: "1"\n    to: stdout\n${rest}`
    const hashed = '    fields:\n      actor.name: drop\n      actor.gid: hash\n'
    expect(settings(await problemsOf(pipeline(`${hashed}    hash_key_file: short\n`)))).toEqual([
      'line 7: pipelines[0].hash_key_file',
    ])
    expect(settings(await problemsOf(pipeline(hashed)))).toEqual(['line 6: pipelines[0].fields.actor.gid'])
    const [[setting, message] = ['', '']] = await problemsOf(pipeline('    people: hash\n'))
    expect([setting, message]).toEqual([
      'line 4: pipelines[0].people',
      expect.stringContaining('hash_key_file must be set'),
    ])
  })
})

test('an age without a unit is not asked to be put into quotes', async () => {
  const found = await problemsOf(
    'pipelines: [{ workspace: "1", to: { archive: { location: a, max_age: 15 } } }]',
  )
  expect(found).toMatchObject([[expect.any(String), expect.stringContaining('Give for example 15m.')]])
})

describe('numbers that YAML changes', () => {
  test.each(['9876543210987654', '90071992547409921', '0998877'])(
    'the problem of the unquoted workspace %s asks for quotes',
    async (digits) => {
      const [[setting, message] = ['', '']] = await problemsOf(
        `pipelines: [{ workspace: ${digits}, to: stdout }]`,
      )
      expect(setting).toBe('line 1: pipelines[0].workspace')
      expect(message).toContain(`Put it in quotes: "${digits}"`)
    },
  )

  test('a number with underscores is not a gid', async () => {
    expect(settings(await problemsOf('pipelines: [{ workspace: 1_000, to: stdout }]'))).toHaveLength(1)
  })

  test('numbers in quotes, and those that lose nothing, are kept as they are written', async () => {
    const { pipelines } = await settingsOf(
      'pipelines: [{ workspace: "9876543210987654", to: stdout }, { workspace: 1234567890123456, to: stdout }]',
    )
    expect(pipelines.map(({ workspace }) => workspace)).toEqual(['9876543210987654', '1234567890123456'])
  })

  test('a number where a text is expected: the problem asks for quotes', async () => {
    const found = await problemsOf(
      'pipelines: [{ workspace: "1", to: { otlp: { headers: { x: 5 } } }, name: 42 }]',
    )
    expect(found).toEqual([
      ['line 1: pipelines[0].name', expect.stringContaining('Put it in quotes: "42"')],
      ['line 1: pipelines[0].to.otlp.headers.x', expect.stringContaining('Put it in quotes')],
    ])
  })
})

describe('mistakes of YAML', () => {
  test.each([
    ['pipelines:\n  - [a\n', 'line 3', 'end with a ]'],
    ['a: "x', 'line 1', 'Missing closing'],
    ['pipelines: []\n---\npipelines: []\n', 'line 2', 'A second document'],
    ['state: !secret x\npipelines: []', 'line 1', 'quotes'],
    ['state: @home\npipelines: []', 'line 1', 'quotes'],
    ['state: a\nstate: b\n', 'line 2: state', 'given twice'],
    [`pipelines: [{ to: \${hunter2secret} }]`, 'line 1', 'put a variable in quotes'],
    ['pipelines:\n  - to: [ $' + '{X} ]\n', 'line 2', 'put a variable in quotes'],
    ['state: a: hunter2secret\n', 'line 1', 'a colon and a space'],
    ['a: &d { x: 1 }\npipelines: [{ <<: *d }]\n', 'line 2', 'Merging maps (<<) is not supported.'],
    ['pipelines: "a" hunter2secret\n', 'line 1', 'It is not YAML'],
    ['- a\nb: hunter2secret\n', 'line 2', 'It is not YAML'],
  ])(
    '%j: the problem is a sentence with its line and does not quote the text',
    async (text, line, sentence) => {
      const found = await problemsOf(text)
      expect(found).toContainEqual([line, expect.stringContaining(sentence)])
      for (const [, message] of found) expect(message).toMatch(/[^:]\.$/)
      expect(JSON.stringify(found)).not.toMatch(/hunter2secret|parseAllDocuments/)
    },
  )
})

test('a setting that is given twice does not hide other problems', async () => {
  const text =
    'state: a\nstate: b\npipelines:\n  - workspace: "1"\n    to: stdout\n    poll: soon\n    poll: 10\n'
  expect(settings(await problemsOf(text))).toEqual([
    'line 2: state',
    'line 6: pipelines[0].poll',
    'line 7: poll',
  ])
})

test('a key that can never be a setting is reported once', async () => {
  const found = await problemsOf('__proto__: 1\npipelines: [{ workspace: "1", to: stdout }]\n')
  expect(settings(found)).toEqual(['line 1'])
})

describe('numbers that YAML reads as other numbers', () => {
  test.each(['0o777', '0x1F', '1e15', '1.0', '+12', '.inf', '0998877', '12345678901234567890'])(
    '%s is not a gid, and the problem shows it with quotes',
    async (written) => {
      const found = await problemsOf(`pipelines: [{ workspace: ${written}, to: stdout }]`)
      expect(found).toEqual([
        ['line 1: pipelines[0].workspace', expect.stringContaining(`Put it in quotes: "${written}".`)],
      ])
    },
  )

  test('a version or a name is shown with its zero', async () => {
    const found = await problemsOf('pipelines: [{ workspace: "1", to: stdout, name: 1.10 }]')
    expect(found).toEqual([['line 1: pipelines[0].name', expect.stringContaining('quotes: "1.10"')]])
  })

  test('a problem of a setting that expects a number does not ask for quotes', async () => {
    const text =
      'pipelines: [{ workspace: "1", limit: 0x10, to: { file: { path: a, rotate_bytes: 0x100000 } } }]'
    for (const [, message] of await problemsOf(text)) {
      expect(message).toMatch(/^0x10+ cannot be used\. Give a/)
    }
  })

  test('a header may be a secret and is not quoted', async () => {
    const text = `pipelines:
  - { workspace: "1", to: { otlp: { endpoint: "https://c.example/v1/logs", headers: { x-api-key: 0123456789 } } } }
`
    const found = await problemsOf(text)
    expect(found).toEqual([
      ['line 2: pipelines[0].to.otlp.headers.x-api-key', expect.stringContaining('Put it in quotes.')],
    ])
    expect(JSON.stringify(found)).not.toContain('123456789')
  })
})

describe('names of Object.prototype', () => {
  const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']

  test.each(names)('%s is not a setting anywhere', async (name) => {
    const text = `${name}: x
pipelines:
  - { workspace: "1", to: { otlp: { ${name}: x } }, ${name}: x, filters: { ${name}: x }, fields: { ${name}: hash }, relevance: { ${name}: high } }
  - { workspace: "2", to: { ${name}: {} } }
`
    const found = (await problemsOf(text)).map(([setting, message]) => `${setting} ${message}`).join('\n')
    for (const line of ['line 1', 'line 3', 'line 4']) expect(found).toContain(line)
    expect(found).not.toMatch(/native code|\[object|undefined/)
  })

  test.each(names)('%s is not an environment variable', async (name) => {
    const [[setting, message] = ['', '']] = await problemsOf(
      `pipelines: [{ workspace: "1", to: stdout, token_env: ${name} }]`,
    )
    expect([setting, message]).toEqual([
      'line 1: pipelines[0].token_env',
      expect.stringContaining('The environment variable it names is not set.'),
    ])
    expect(
      await problemsOf(`pipelines: [{ workspace: "1", to: stdout, name: "\${${name}}" }]`),
    ).toContainEqual([`line 1: \${${name}}`, `The environment variable ${name} is not set.`])
  })
})

describe('a possible secret is not quoted', () => {
  const token = 'hunter2'

  test.each(['limit', 'workspace', 'since', 'poll', 'max_poll', 'to', 'details', 'format', 'filters'])(
    'the value of a variable in %s',
    async (name) => {
      const others =
        name === 'workspace' ? 'to: stdout' : name === 'to' ? 'workspace: "1"' : 'workspace: "1", to: stdout'
      const found = await problemsOf(`pipelines: [{ ${others}, ${name}: "\${TOKEN} !" }]`, { TOKEN: token })
      expect(found[0]).toEqual([
        `line 1: pipelines[0].${name}`,
        expect.stringMatching(/^The value (cannot be used|is not a destination)\./),
      ])
      expect(JSON.stringify(found)).not.toContain(token)
    },
  )

  test.each([
    '2/1200000000000000/1200000000000001:0123456789abcdef0123456789abcdef',
    '12345678-1234-1234-1234-123456789012',
    'https://user:hunter2@c.example',
    'eyJhbGciOiJIUzI1NiJ9.e30.xyz',
  ])('a value that looks like a secret: %s', async (secret) => {
    const found = await problemsOf(
      `pipelines: [{ workspace: "1", to: "${secret}", limit: "${secret}", token_file: "${secret}" }]`,
    )
    expect(settings(found)).toEqual([
      'line 1: pipelines[0].limit',
      'line 1: pipelines[0].token_file',
      'line 1: pipelines[0].to',
    ])
    expect(JSON.stringify(found)).not.toContain(secret)
  })
})

describe('files', () => {
  test('in a settings file are relative to its folder, and ~ is the home', async () => {
    for (const name of ['token', 'key']) writeFileSync(file(name), 'sixteen-bytes-or-more')
    const { statePath, pipelines } = await settingsOf(`state: s.db
pipelines:
  - { workspace: "1", to: file:out.jsonl, token_file: token, hash_key_file: ./key }
  - { workspace: "2", to: { file: { path: "~/out.jsonl" } } }
`)
    expect(statePath).toBe(file('s.db'))
    expect(pipelines.map(({ destination }) => destination)).toMatchObject([
      { path: file('out.jsonl') },
      { path: join(homedir(), 'out.jsonl') },
    ])
    expect(await pipelines[0]?.token.reader()()).toBe('sixteen-bytes-or-more')
    // The position is stored under the name, so the name keeps the path as it was written.
    expect(pipelines.map(({ name }) => name)).toEqual(['1 out.jsonl', '2 ~/out.jsonl'])
  })

  test('in flags and variables are relative to the current folder, and ~ is the home', async () => {
    const reading = await readSettings(
      { to: ['file:~/a.jsonl', 'file:b.jsonl'], state: '~/s.db', workspace: '1' },
      { ASANA_TOKEN: 't' },
    )
    expect(reading).toMatchObject({
      settings: {
        statePath: join(homedir(), 's.db'),
        pipelines: [
          { destination: { path: join(homedir(), 'a.jsonl') } },
          { destination: { path: 'b.jsonl' } },
        ],
      },
    })
  })

  test('that cannot be read are shown with their whole path', async () => {
    const pipeline = '{ workspace: "1", to: { splunk_hec: { url: "https://s.example", token_file: ./hec } }'
    const found = await problemsOf(
      `pipelines: [${pipeline}, token_file: secrets/token, people: hash, hash_key_file: key.txt }]`,
    )
    expect(found.length).toBe(3)
    expect(Object.fromEntries(found)).toEqual({
      'line 1: pipelines[0].token_file': expect.stringContaining(
        `(${file('secrets/token')}) cannot be read (ENOENT)`,
      ),
      'line 1: pipelines[0].hash_key_file': expect.stringContaining(`(${file('key.txt')}) cannot be read`),
      'line 1: pipelines[0].to.splunk_hec.token_file': expect.stringContaining(
        `(${file('hec')}) cannot be read`,
      ),
    })
  })

  test('of certificates and keys are shown in the same way, in a map and in the environment', async () => {
    writeFileSync(file('ca.crt'), 'no certificate')
    const found = await problemsOf(
      `pipelines:
  - workspace: "1"
    ca_file: ./asana-ca
    to:
      - otlp: { cert_file: pki/client.pem, key_file: ~/client.key }
      - splunk_hec: { url: "https://s.example", ca_file: ca.crt }`,
      { SPLUNK_HEC_TOKEN: 't', OTEL_EXPORTER_OTLP_CERTIFICATE: '/missing/ca.pem' },
    )
    const unreadable = (path: string) => expect.stringContaining(`The file it names (${path}) cannot be read`)
    expect(Object.fromEntries(found)).toEqual({
      'line 3: pipelines[0].ca_file': unreadable(file('asana-ca')),
      OTEL_EXPORTER_OTLP_CERTIFICATE: unreadable('/missing/ca.pem'),
      'line 5: pipelines[0].to[0].otlp.cert_file': unreadable(file('pki/client.pem')),
      'line 5: pipelines[0].to[0].otlp.key_file': unreadable(join(homedir(), 'client.key')),
      'line 6: pipelines[0].to[1].splunk_hec.ca_file': expect.stringContaining(
        `The file it names (${file('ca.crt')}) is not in PEM form`,
      ),
    })
  })

  test('a setting that a map lacks is taken from the environment, or reported as missing in the map', async () => {
    const text = (to: string) => `pipelines:\n  - workspace: "1"\n    to: ${to}\n`
    const lacking = await problemsOf(text('{ splunk_hec: { index: audit } }'))
    expect(lacking).toEqual([
      ['line 3: pipelines[0].to.splunk_hec.url', expect.stringContaining('It is missing.')],
      [
        'line 3: pipelines[0].to.splunk_hec.token_file',
        expect.stringMatching(/^It is missing\. Set it, or SPLUNK_HEC_TOKEN_FILE to a path/),
      ],
    ])
    const env = { SPLUNK_HEC_URL: 'https://s.example', SPLUNK_HEC_TOKEN: 't' }
    const { pipelines } = await settingsOf(text('{ splunk_hec: { index: audit } }'), env)
    expect(pipelines[0]?.destination).toMatchObject({
      options: { url: expect.stringContaining('https://s.example'), index: 'audit' },
    })
  })

  test('a header that cannot be sent is reported for the map, without its value', async () => {
    const header = '{ otlp: { protocol: kafka, headers: { "a b": hunter2, host: x } } }'
    const found = await problemsOf(`pipelines:\n  - workspace: "1"\n    to: ${header}\n`)
    expect(Object.fromEntries(found)).toEqual({
      'line 3: pipelines[0].to.otlp.protocol': expect.stringContaining('http/protobuf, http/json or grpc'),
      'line 3: pipelines[0].to.otlp.headers': expect.stringMatching(
        /^In its map, the name of a header .*; the header host is set by the sink itself\. A good value is \{/,
      ),
    })
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })

  test('a certificate without its key is reported with the name of the missing setting', async () => {
    const found = await problemsOf(
      'pipelines:\n  - workspace: "1"\n    to: { otlp: { cert_file: ./client.pem } }\n',
    )
    expect(found).toContainEqual([
      'line 3: pipelines[0].to.otlp.cert_file',
      expect.stringMatching(/belong together: set .*otlp\.key_file too/),
    ])
  })

  test('of certificates and keys are not shown if the value is one word, which may be the key itself', async () => {
    const found = await problemsOf(
      `pipelines:
  - workspace: "1"
    ca_file: hunter2
    to:
      - otlp: { cert_file: hunter2, key_file: hunter2, endpoint: "https://c.example/v1/logs" }
      - splunk_hec: { url: "https://s.example", ca_file: hunter2 }`,
      { SPLUNK_HEC_TOKEN: 't', OTEL_EXPORTER_OTLP_CERTIFICATE: 'hunter2' },
    )
    expect(found).toHaveLength(5)
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })

  test('of tokens are not shown if the value is one word, which may be the token itself', async () => {
    const found = await problemsOf(
      'pipelines: [{ workspace: "1", to: { splunk_hec: { url: "https://s.example", token_file: hunter2 } }, token_file: hunter2 }]',
    )
    expect(found).toHaveLength(2)
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })
})

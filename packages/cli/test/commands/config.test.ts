import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readSettings } from '../../src/config/read-settings.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
const repository = `${import.meta.dirname}/../../../..`

interface Described {
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Described>>
  readonly items?: Described
  readonly anyOf?: readonly Described[]
}

const { stdout } = await runCommand(['config', 'schema'])
const schema = JSON.parse(stdout) as Described
const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true })
const validate = ajv.compile(schema)

/** The settings files in the examples, and in the pages as YAML blocks. */
function documentedFiles(): [where: string, yaml: string][] {
  const files = globSync('examples/*/*.yaml', { cwd: repository }).map((path): [string, string] => [
    path,
    readFileSync(`${repository}/${path}`, 'utf8'),
  ])
  const pages = globSync(
    ['*.md', 'docs/*.md', 'packages/*/README.md', 'packages/*/docs/*.md', 'examples/*/*.md'],
    { cwd: repository },
  )
  const blocks = pages.flatMap((path) =>
    [...readFileSync(`${repository}/${path}`, 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(
      ([, yaml = ''], index): [string, string] => [`${path}, block ${index + 1}`, yaml],
    ),
  )
  return [...files, ...blocks].filter(([, yaml]) => /^pipelines:\n\s*- /m.test(yaml) && /^ +to:/m.test(yaml))
}

describe('config schema', () => {
  const documented = documentedFiles()

  test('the README, the page of settings and every example are among the files it is tried with', () => {
    const where = documented.map(([path]) => path.replace(/, block.*/, ''))
    expect(where).toContain('packages/cli/README.md')
    expect(where).toContain('packages/cli/docs/settings.md')
    expect(where).toContain('examples/several-workspaces/pipelines.yaml')
  })

  test.for(documented)('a JSON Schema validator accepts the file in %s', ([, yaml]) => {
    expect(validate(parse(yaml)), JSON.stringify(validate.errors)).toBe(true)
  })

  test.for([
    ['an unknown setting of the file', 'stat: a.db\npipelines: [{ workspace: "1", to: otlp }]'],
    ['no pipeline', 'pipelines: []'],
    ['a pipeline without a workspace', 'pipelines: [{ to: otlp }]'],
    ['a gid that loses digits', 'pipelines: [{ workspace: 12345678901234567890, to: otlp }]'],
    ['a misspelt setting', 'pipelines: [{ workspace: "1", to: otlp, tokenfile: x }]'],
    ['a filter that Asana does not have', 'pipelines: [{ workspace: "1", to: otlp, filters: { even: a } }]'],
    ['a duration without a unit', 'pipelines: [{ workspace: "1", to: otlp, poll: 10 }]'],
    ['an unknown format', 'pipelines: [{ workspace: "1", to: stdout, format: cef }]'],
    ['an unknown destination', 'pipelines: [{ workspace: "1", to: kafka }]'],
    ['a file without its path', 'pipelines: [{ workspace: "1", to: "file:" }]'],
    ['two destinations in one map', 'pipelines: [{ workspace: "1", to: { otlp: , file: { path: a } } }]'],
    ['a misspelt setting of OTLP', 'pipelines: [{ workspace: "1", to: { otlp: { endpont: "https://c" } } }]'],
    ['more in flight than allowed', 'pipelines: [{ workspace: "1", to: [{ otlp: { in_flight: 9 } }] }]'],
    [
      'files that are too small',
      'pipelines: [{ workspace: "1", to: { file: { path: a, rotate_bytes: 1 } } }]',
    ],
    ['a rate of nothing', 'requests_per_minute: 0\npipelines: [{ workspace: "1", to: otlp }]'],
  ] as const)('a JSON Schema validator refuses %s, as the command does', async ([, yaml]) => {
    expect(validate(parse(yaml))).toBe(false)
    writeFileSync(file('bad.yaml'), yaml)
    expect(await readSettings({ config: file('bad.yaml') }, { ASANA_TOKEN: 't' })).toHaveProperty('problems')
  })

  test.for([
    ['a variable in place of any value', `limit: "$\{LIMIT}", poll: "$\{POLL:-10s}", details: "$\{DETAILS}"`],
    ['a list of event types', 'filters: { event_type: [user_login_failed, user_logged_out] }'],
    ['relevance of a family', 'relevance: { S17: high }'],
  ])('a JSON Schema validator accepts %s', ([, settings]) => {
    const yaml = `pipelines: [{ workspace: "1", to: [otlp, splunk_hec: , file: { path: a, rotate_keep: 2 }], ${settings} }]`
    expect(validate(parse(yaml)), JSON.stringify(validate.errors)).toBe(true)
  })

  test('every setting says what to write, and every example in it is a value that it accepts', () => {
    const silent: string[] = []
    const examples: [string, Described][] = []
    const visit = (part: Described, path: string): void => {
      for (const [name, property] of Object.entries(part.properties ?? {})) {
        const at = `${path}.${name}`
        if (
          property.description === undefined &&
          !/\.to\.(otlp|splunk_hec|panther_http|archive|file)$/.test(at)
        )
          silent.push(at)
        if (property.examples) examples.push([at, property])
        visit(property, at)
      }
      if (part.items) visit(part.items, path)
      for (const branch of part.anyOf ?? []) visit(branch, path)
    }
    visit(schema, '')
    expect(silent).toEqual([])
    expect(examples.length).toBeGreaterThan(25)
    for (const [at, property] of examples) {
      for (const example of property.examples ?? []) {
        expect(ajv.validate(property, example), `${at}: ${JSON.stringify(example)}`).toBe(true)
      }
    }
  })
})

describe('config check', () => {
  const env = { ASANA_TOKEN: 't' }

  test('names every problem of a file at once, and the exit status is 2', async () => {
    writeFileSync(file('p.yaml'), 'stat: s.db\npipelines:\n  - workspace: "1"\n    to: kafka\n    poll: 5\n')
    const { code, stdout, stderr } = await runCommand(['config', 'check', file('p.yaml')], env)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('3 problems')
    for (const line of ['line 1: stat', 'line 4: pipelines[0].to', 'line 5: pipelines[0].poll'])
      expect(stderr).toContain(line)
  })

  test('gives the same as JSON', async () => {
    writeFileSync(file('p.yaml'), 'pipelines: [{ workspace: "1", to: kafka, limit: 0 }]')
    const { code, stdout } = await runCommand(['config', 'check', file('p.yaml'), '--json'], env)
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      problems: [
        { setting: `${file('p.yaml')}, line 1: pipelines[0].limit`, message: expect.stringContaining('100') },
        { setting: `${file('p.yaml')}, line 1: pipelines[0].to`, message: expect.stringContaining('otlp') },
      ],
    })
  })

  test('names the pipelines of a right file, with its warnings, and connects to nothing', async () => {
    // Nobody listens on port 1.
    const to = '{ otlp: { endpoint: "http://127.0.0.1:1/v1/logs" } }'
    const yaml = `pipelines: [{ name: a, workspace: "1", base_url: "http://127.0.0.1:1/api", to: ${to} }, { name: b, workspace: "2", to: stdout, filters: { event_type: robot_hired } }]`
    writeFileSync(file('p.yaml'), yaml)
    const { code, stdout, stderr } = await runCommand(['config', 'check', file('p.yaml')], env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('! b: The filter event_type:')
    expect(stdout).toContain('is right, with 2 pipelines: a, b')
  })

  test('warns once of an event type and a field that a rule has mistyped', async () => {
    const rule = `title: Failed\nlogsource: { product: asana, service: audit }\ndetection:\n  sel: { event_type: user_login_faild, actr.email: x@y }\n  condition: sel\n`
    writeFileSync(file('typo.yml'), rule)
    writeFileSync(
      file('p.yaml'),
      'pipelines: [{ name: a, workspace: "1", to: [stdout, "file:a.jsonl"], detect: { rules: typo.yml } }]',
    )
    const { code, stdout } = await runCommand(['config', 'check', file('p.yaml'), '--json'], env)
    expect(code).toBe(0)
    const { warnings } = JSON.parse(stdout) as { warnings: { code: string; message: string }[] }
    expect(warnings.filter((one) => one.code === 'unknown_in_rule').map(({ message }) => message)).toEqual([
      expect.stringMatching(/typo\.yml, "Failed": .*user_login_faild\. Did you mean user_login_failed\?$/),
      expect.stringMatching(/typo\.yml, "Failed": .*actr\.email\. Did you mean actor\.email\?$/),
    ])
  })

  test('takes the file with --config too, as other commands have it', async () => {
    writeFileSync(file('p.yaml'), 'pipelines: [{ name: a, workspace: "1", to: stdout }]')
    const flagged = await runCommand(['config', 'check', '--config', file('p.yaml')], env)
    expect(flagged).toEqual(await runCommand(['config', 'check', file('p.yaml')], env))
    expect(flagged).toMatchObject({ code: 0, stdout: `✓ ${file('p.yaml')} is right, with one pipeline: a\n` })
  })

  test('needs one file', async () => {
    const none = await runCommand(['config', 'check'], env)
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('or give it with --config') })
    const two = await runCommand(['config', 'check', 'a.yaml', '--config', 'b.yaml'], env)
    expect(two).toMatchObject({ code: 2, stderr: expect.stringContaining('Keep one of the two.') })
  })

  test('a file that is missing is one problem', async () => {
    const { code, stderr } = await runCommand(['config', 'check', file('none.yaml')], env)
    expect(code).toBe(2)
    expect(stderr).toContain(`${file('none.yaml')} cannot be read (ENOENT). Name a file that is there.`)
  })

  test('a folder in the place of the file is named as one', async () => {
    const { code, stderr } = await runCommand(['config', 'check', file('.')], env)
    expect(code).toBe(2)
    expect(stderr).toContain('cannot be read (EISDIR). It is a folder. Give the path of a file.')
  })

  test.for([
    ['UTF-16, as PowerShell writes it', Buffer.from('\uFEFFpipelines: []\n', 'utf16le')],
    ['Latin-1', Buffer.from('state: /srv/pr\u00FCfung.db\n', 'latin1')],
  ] as const)('refuses a file in %s instead of reading other characters', async ([, bytes]) => {
    writeFileSync(file('other.yaml'), bytes)
    const { code, stderr } = await runCommand(['config', 'check', file('other.yaml')], env)
    expect(code).toBe(2)
    expect(stderr).toContain(`${file('other.yaml')} is not UTF-8 text. Save it as UTF-8.`)
  })
})

describe('config explain', () => {
  const secrets = ['hec-secret', 'header-secret', 'proxy-password', 'token-secret']
  const env = {
    TENANT_TOKEN: 'token-secret',
    KEY: 'header-secret',
    SPLUNK_HEC_URL: 'https://splunk.example:8088',
    SPLUNK_HEC_TOKEN: 'hec-secret',
    ASANA_BASE_URL: 'https://asana.example/api/1.0',
    HTTPS_PROXY: 'http://ada:proxy-password@proxy.example:3128',
  }
  const yaml = `state: state.db
pipelines:
  - name: a
    workspace: "1"
    token_env: TENANT_TOKEN
    settled_window: 50m
    filters:
      event_type: user_login_failed
    to:
      - splunk-hec
      - otlp: { endpoint: "https://c.example/v1/logs", headers: { x-key: "$\{KEY}" } }
`
  interface Row {
    readonly setting: string
    readonly value: string | null
    readonly from: string
  }

  test('says every value in effect, and its line, variable, flag or that it is the default', async () => {
    writeFileSync(file('p.yaml'), yaml)
    const { code, stdout } = await runCommand(['config', 'explain', file('p.yaml'), '--json'], env)
    expect(code).toBe(0)
    const { settings, pipelines, environment } = JSON.parse(stdout)
    const inLine = (line: number): string => `${file('p.yaml')}, line ${line}`
    expect(settings).toEqual([
      { setting: 'state', value: file('state.db'), from: inLine(1) },
      { setting: 'requests_per_minute', value: '1200', from: 'default' },
    ])
    expect(pipelines).toHaveLength(1)
    expect(pipelines[0].pipelines).toEqual(['a splunk-hec', 'a otlp'])
    const rows = new Map(
      (pipelines[0].settings as Row[]).map(({ setting, value, from }) => [setting, [value, from]]),
    )
    expect(rows.get('settled_window')).toEqual(['50m', inLine(6)])
    expect(rows.get('filters.event_type')).toEqual(['user_login_failed', inLine(8)])
    expect(rows.get('to[1].otlp.endpoint')).toEqual(['https://c.example/v1/logs', inLine(11)])
    expect(rows.get('to[1].otlp.headers.x-key')).toEqual([null, `${inLine(11)}: \${KEY}`])
    expect(rows.get('base_url')).toEqual([env.ASANA_BASE_URL, 'ASANA_BASE_URL'])
    expect(rows.get('poll')).toEqual(['10s', 'default'])
    expect(rows.get('token')).toEqual([null, 'the variable TENANT_TOKEN'])
    const variables = new Map((environment as Row[]).map(({ setting, value }) => [setting, value]))
    expect(variables.get('SPLUNK_HEC_URL')).toBe(env.SPLUNK_HEC_URL)
    for (const name of ['KEY', 'TENANT_TOKEN', 'SPLUNK_HEC_TOKEN', 'HTTPS_PROXY'])
      expect(variables.get(name)).toBe(null)
  })

  test('names no variable that the settings do not read', async () => {
    writeFileSync(file('p.yaml'), yaml)
    const others = { ...env, LANG: 'C.UTF-8', PYTHONUNBUFFERED: '1' }
    const { code, stdout } = await runCommand(['config', 'explain', file('p.yaml'), '--json'], others)
    expect(code).toBe(0)
    const names = (JSON.parse(stdout).environment as Row[]).map(({ setting }) => setting)
    expect(names).toContain('SPLUNK_HEC_URL')
    expect(names).not.toContain('LANG')
    expect(names).not.toContain('PYTHONUNBUFFERED')
  })

  test.for([[[]], [['--json']]] as const)('shows no secret with the flags %j', async ([flags]) => {
    writeFileSync(file('p.yaml'), yaml)
    const { code, stdout, stderr } = await runCommand(['config', 'explain', file('p.yaml'), ...flags], env)
    expect(code).toBe(0)
    expect(stdout).toContain('user_login_failed')
    for (const secret of secrets) expect(stdout + stderr).not.toContain(secret)
  })

  test('names the variables of a value in the file, and shows it if they may hold no secret', async () => {
    const config = file('variables.yaml')
    writeFileSync(
      config,
      `pipelines:
  - workspace: "$\{ASANA_WORKSPACE}"
    base_url: $\{ASANA_BASE_URL:-https://written.example/api/1.0}
    to: [{ otlp: { endpoint: "$\{COLLECTOR_URL}" } }, { splunk_hec: { url: "https://$\{SPLUNK_HEC_TOKEN}.example" } }]`,
    )
    const given = {
      ...{ ASANA_WORKSPACE: '7', ASANA_TOKEN: 't', SPLUNK_HEC_TOKEN: 'hec-secret' },
      COLLECTOR_URL: 'https://key-in-the-path.example/v1/logs',
    }
    const { code, stdout } = await runCommand(['config', 'explain', config, '--json'], given)
    expect(code).toBe(0)
    const { settings } = JSON.parse(stdout).pipelines[0]
    const inLine = (line: number, name: string): string => `${config}, line ${line}: \${${name}}`
    expect(settings).toEqual(
      expect.arrayContaining([
        { setting: 'workspace', value: '7', from: inLine(2, 'ASANA_WORKSPACE') },
        {
          setting: 'base_url',
          value: 'https://written.example/api/1.0',
          from: inLine(3, 'ASANA_BASE_URL'),
        },
        { setting: 'to[0].otlp.endpoint', value: null, from: inLine(4, 'COLLECTOR_URL') },
        { setting: 'to[1].splunk_hec.url', value: null, from: inLine(4, 'SPLUNK_HEC_TOKEN') },
      ]),
    )
    expect(stdout).not.toMatch(/hec-secret|key-in-the-path/)
  })

  test('shows no address of a webhook and nothing after the ? of an address', async () => {
    const config = file('addresses.yaml')
    const hidden = [
      'https://hooks.example.com/services/T0/B0/abcdefghijklmnop',
      'http://127.0.0.1/in?key=s3cr3t',
    ]
    writeFileSync(
      config,
      `alarm: { webhooks: [{ shape: slack, url: "${hidden[0]}" }] }
pipelines: [{ workspace: "1", to: { otlp: { endpoint: "${hidden[1]}" } } }]`,
    )
    const env = { ASANA_TOKEN: 'token', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1/all?key=s3cr3t' }
    const { code, stdout } = await runCommand(['config', 'explain', '--config', config], env)
    expect(code).toBe(0)
    expect(stdout).not.toMatch(/abcdefghijklmnop|s3cr3t/)
    expect(stdout).toMatch(/alarm\.webhooks\[0\]\.url +\(hidden\)/)
    expect(stdout).toMatch(/to\.otlp\.endpoint +\(hidden\)/)
  })

  test('explains flags and their variables too', async () => {
    const args = ['config', 'explain', '--to', 'stdout', '--poll', '20s', '--state', '/tmp/s.db', '--json']
    const { stdout } = await runCommand(args, { ASANA_WORKSPACE: '7', ASANA_TOKEN: 't' })
    const { settings, pipelines } = JSON.parse(stdout)
    expect(settings[0]).toEqual({ setting: 'state', value: '/tmp/s.db', from: '--state' })
    expect(pipelines[0].settings).toEqual(
      expect.arrayContaining([
        { setting: 'workspace', value: '7', from: 'ASANA_WORKSPACE' },
        { setting: 'poll', value: '20s', from: '--poll' },
        { setting: 'to', value: 'stdout', from: '--to' },
        { setting: 'base_url', value: 'https://app.asana.com/api/1.0', from: 'default' },
      ]),
    )
  })

  test('refuses settings with a problem, and a file that is given twice', async () => {
    writeFileSync(file('p.yaml'), 'pipelines: [{ workspace: "1", to: kafka }]')
    const wrong = await runCommand(['config', 'explain', file('p.yaml')], { ASANA_TOKEN: 't' })
    expect(wrong).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('kafka') })
    const twice = await runCommand(['config', 'explain', file('p.yaml'), '--config', 'b.yaml'], env)
    expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('Keep one of the two.') })
  })
})

import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readNamedPipelines } from '../../src/config/named-pipelines.ts'
import { readSettings } from '../../src/config/read-settings.ts'
import { readFleetFile } from '../../src/fleet/read-fleet-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()

function written(text: string): string {
  writeFileSync(file('p.yaml'), text)
  return file('p.yaml')
}

/** Without a token in the environment, which would hide that one is missing. */
async function problemsOf(text: string, env: NodeJS.ProcessEnv = {}): Promise<[string, string][]> {
  const reading = await readSettings({ config: written(text) }, env)
  if ('settings' in reading) throw new Error('expected problems')
  return reading.problems.map(({ setting, message }) => [setting.replace(`${file('p.yaml')}, `, ''), message])
}

const token = { ASANA_TOKEN: 't' }
const notSet = (name: string, line = 1) => [
  `line ${line}: \${${name}}`,
  `The environment variable ${name} is not set.`,
]
const hec = 'url: "https://splunk.example:8088"'

describe('of a setting whose variable is not set, only that is reported:', () => {
  test.each([
    ['workspace', `{ workspace: "\${X}", to: stdout, token_env: ASANA_TOKEN }`],
    ['the whole destination', `{ workspace: "1", to: "\${X}", token_env: ASANA_TOKEN }`],
    ['a file of events', `{ workspace: "1", to: "file:\${X}", token_env: ASANA_TOKEN }`],
    ['an address', `{ workspace: "1", to: { otlp: { endpoint: "\${X}" } }, token_env: ASANA_TOKEN }`],
    [
      'a part of an address',
      `{ workspace: "1", to: { otlp: { endpoint: "https://\${X}:4318" } }, token_env: ASANA_TOKEN }`,
    ],
    [
      'a list',
      `{ workspace: "1", to: stdout, token_env: ASANA_TOKEN, filters: { event_type: [a, "\${X}"] } }`,
    ],
    ['the file of a token', `{ workspace: "1", to: stdout, token_file: "\${X}" }`],
    ['the variable of a token', `{ workspace: "1", to: stdout, token_env: "\${X}" }`],
    ['the command of a token', `{ workspace: "1", to: stdout, token_exec: ["\${X}"] }`],
    [
      'the token of Splunk',
      `{ workspace: "1", to: { splunk_hec: { ${hec}, token_env: "\${X}" } }, token_env: ASANA_TOKEN }`,
    ],
    ['a time', `{ workspace: "1", to: stdout, token_env: ASANA_TOKEN, since: "\${X}", until: 1d }`],
    ['a mistyped setting', `{ workspace: "1", to: stdout, token_env: ASANA_TOKEN, sinc: "\${X}" }`],
  ])('%s', async (_, pipeline) => {
    const env = pipeline.includes('ASANA_TOKEN') ? token : {}
    const found = await problemsOf(`pipelines: [${pipeline}]`, env)
    expect(found.filter(([, message]) => !message.includes('Did you mean'))).toEqual([notSet('X')])
  })

  test('what is wrong with others is still reported, also in the same line', async () => {
    const found = await problemsOf(
      `pipelines:
  - { workspace: "\${X}", since: soon, to: kafka }
  - { workspace: "2", to: stdout }`,
      {},
    )
    expect(found.map(([setting]) => setting)).toEqual([
      `line 2: \${X}`,
      'line 2: pipelines[0].since',
      'line 2: pipelines[0].to',
      'ASANA_TOKEN (or ASANA_TOKEN_FILE)',
    ])
  })

  test('by every command that reads such a file', async () => {
    const config = written(`pipelines: [{ workspace: "\${X}", to: stdout }]`)
    expect(await readNamedPipelines({ config }, {})).toMatchObject({
      problems: [{ message: notSet('X')[1] }],
    })
    const fleet = written(`destinations: { collector: { otlp: { endpoint: "\${X}" } } }`)
    expect(await readFleetFile(fleet, {}, {})).toMatchObject({ problems: [{ message: notSet('X')[1] }] })
  })
})

describe('a secret that is written into the file', () => {
  test.each([
    [`{ workspace: "1", to: stdout, token: S3cret }`, 'pipelines[0].token'],
    [
      `{ workspace: "1", token_env: ASANA_TOKEN, to: { splunk_hec: { ${hec}, token: S3cret } } }`,
      'pipelines[0].to.splunk_hec.token',
    ],
  ])('is the only problem, and names the settings to use: %s', async (pipeline, setting) => {
    const env = pipeline.includes('ASANA_TOKEN') ? token : {}
    const found = await problemsOf(`pipelines: [${pipeline}]`, env)
    expect(found).toEqual([
      [
        `line 1: ${setting}`,
        'There is no such setting: the token does not stand in this file. Give the path of a file that holds it in token_file, the name of a variable in token_env, or a command that prints it in token_exec.',
      ],
    ])
  })
})

test('two pipelines of one name are found by their lines, also where a list of destinations makes the name', async () => {
  const text = `pipelines:
  - name: acme
    workspace: "1"
    to: stdout
  - { name: other, workspace: "2", to: stdout }
  - workspace: "3"
    name: acme
    to: otlp
  - workspace: "4"
    to:
      - otlp
      - stdout
      - otlp`
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c.example:4318' }
  const expected = [
    [
      'line 7: pipelines[2].name',
      'Two pipelines are called "acme"; the first one is in line 2. Give each pipeline its own name.',
    ],
    [
      'line 13: pipelines[3].to[2]',
      'Two pipelines are called "4 otlp"; the first one is in line 11. Give each pipeline its own name.',
    ],
  ]
  expect(await problemsOf(text, { ...token, ...endpoint })).toEqual(expected)
  const named = await readNamedPipelines({ config: written(text) }, {})
  const problems = 'problems' in named ? named.problems : []
  expect(problems.map(({ message }) => message)).toEqual(expected.map(([, message]) => message))
})

test.each(['s3:/bucket/asana', 's3:bucket', 'S3:/bucket', 's3//bucket', 's3a://bucket/asana'])(
  'archive:%s is refused, because it would be a folder, and the right form is given',
  async (location) => {
    const reading = await readSettings({ to: [`archive:${location}`] }, { ...token, ASANA_WORKSPACE: '1' })
    expect(reading).toEqual({
      problems: [
        { setting: '--to', message: 'A bucket is written as s3://BUCKET/PREFIX, with two slashes.' },
      ],
    })
  },
)

test('plain HTTP to Splunk is refused with the name of the setting that allows it', async () => {
  const inEnv = await readSettings(
    { to: ['splunk-hec'] },
    { ...token, ASANA_WORKSPACE: '1', SPLUNK_HEC_URL: 'http://splunk.example:8088', SPLUNK_HEC_TOKEN: 't' },
  )
  expect(JSON.stringify(inEnv)).toContain('or set SPLUNK_HEC_ALLOW_PLAIN_HTTP to true')
  const map = '{ url: "http://splunk.example:8088", token_env: ASANA_TOKEN }'
  const found = await problemsOf(`pipelines: [{ workspace: "1", to: { splunk_hec: ${map} } }]`, token)
  expect(JSON.stringify(found)).toContain('or set allow_plain_http to true')
})

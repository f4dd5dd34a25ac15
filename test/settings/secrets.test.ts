import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { type Finished, runCommand, startCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { startReceiver } from '../support/otlp/otlp-receiver.ts'
import { errors, loginEvent, startAsana, token, workspace } from '../support/servers/asana-server.ts'
import { closedPort } from '../support/servers/listen.ts'

// A secret must only be in the header that it belongs to.

const headerSecret = 'ingest-key-7f3a9c51e2'
const bearerSecret = 'b64.Zm9vYmFyYmF6cXV4.sig'
const passwordSecret = 'hunter2-proxy-password'

/** Finds a secret also in other forms: the parts of a token, base64, percent-encoded. */
const secrets = [token, headerSecret, bearerSecret, passwordSecret].flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ...secret.split(/[/:.]/).filter((part) => part.length >= 12 && part !== '1200000000000099'),
])

/** All bytes of all files of a folder: database, write-ahead log, locks, output. */
function contentOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.name}\n${readFileSync(join(entry.parentPath, entry.name), 'latin1')}`)
    .join('\n')
}

function expectNoSecret(where: string, text: string): void {
  for (const secret of secrets) expect(text.includes(secret), `${secret} is in ${where}`).toBe(false)
}

function expectSecretive(done: Finished, folder: string): void {
  expectNoSecret('stdout', done.stdout)
  expectNoSecret('stderr', done.stderr)
  expectNoSecret('the files', contentOf(folder))
}

const otlpHeaders = `x-api-key=${headerSecret},authorization=${encodeURIComponent(`Bearer ${bearerSecret}`)}`

/** Answers with what it was sent, as debugging proxies do. */
const echo = (headers: Readonly<Record<string, unknown>>): string =>
  errors(
    `You sent ${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('; ')}`,
  )

interface Variant {
  readonly name: string
  readonly code: number
  readonly asana?: number
  readonly otlp?: number
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

const variants: readonly Variant[] = [
  { name: 'all is well', code: 0 },
  { name: 'for a person', code: 0, args: ['--log', 'human'] },
  { name: 'Asana refuses and repeats the token', code: 1, asana: 401 },
  { name: 'Asana finds the request bad and repeats the token', code: 1, asana: 400 },
  { name: 'Asana fails and repeats the token', code: 1, asana: 500 },
  { name: 'the receiver refuses and repeats the headers', code: 1, otlp: 401 },
  { name: 'the receiver finds the data bad and repeats the headers', code: 1, otlp: 400 },
  { name: 'the receiver fails and repeats the headers', code: 1, otlp: 503 },
  { name: 'the receiver accepts and repeats the headers', code: 0, otlp: 200 },
  { name: 'a configuration that is wrong elsewhere', code: 2, args: ['--limit', 'many'] },
  {
    name: 'a header that cannot be sent',
    code: 2,
    env: { OTEL_EXPORTER_OTLP_HEADERS: `${otlpHeaders},x-bad=%0A${headerSecret}` },
  },
  {
    name: 'headers in another form',
    code: 2,
    env: { OTEL_EXPORTER_OTLP_HEADERS: `x-api-key: ${headerSecret}` },
  },
  {
    name: 'a password in the address of the receiver',
    code: 2,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:${passwordSecret}@127.0.0.1:4318` },
  },
  {
    name: 'a password in the address of Asana',
    code: 2,
    env: { ASANA_BASE_URL: `https://user:${passwordSecret}@app.asana.com/api/1.0` },
  },
  {
    name: 'a token with a line break in it',
    code: 2,
    env: { ASANA_TOKEN: `${token.slice(0, 30)}\n${token}` },
  },
  {
    name: 'a proxy with a password that is not there',
    code: 1,
    env: { HTTP_PROXY: `http://user:${passwordSecret}@127.0.0.1:9` },
  },
]

test.each(variants)('no secret is written when $name', async (variant) => {
  const { code, env = {}, args = [] } = variant
  const asana = await startAsana({
    events: [loginEvent(0), loginEvent(1), JSON.stringify({ gid: '7', note: 'no event' })].slice(
      0,
      code === 0 ? 2 : 3,
    ),
    instead: (response, _, seen) =>
      variant.asana !== undefined &&
      !!response
        .writeHead(variant.asana)
        .end(echo({ authorization: seen.authorization, token: seen.authorization?.slice(7) })),
  })
  const receiver = await startReceiver({
    instead: (response, { headers }) =>
      variant.otlp !== undefined &&
      !!response
        .writeHead(variant.otlp, { 'content-type': 'application/json' })
        .end(
          variant.otlp === 200
            ? JSON.stringify({ partialSuccess: { errorMessage: echo(headers) } })
            : JSON.stringify({ code: 3, message: echo(headers) }),
        ),
  })
  const folder = temporaryFolder()
  const all = { ...asana.env, ...receiver.env, OTEL_EXPORTER_OTLP_HEADERS: otlpHeaders, ...env }
  const common = [
    '--to',
    'otlp',
    '--to',
    `file:${join(folder, 'audit.jsonl')}`,
    '--state',
    join(folder, 'state.db'),
  ]

  const done = await runCommand(
    ['run', '--once', '--give-up-after', code === 1 ? '1s' : '1m', ...common, ...args],
    { env: all },
  )

  expect(done).toMatchObject({ code })
  expectSecretive(done, folder)
  if (code !== 2) expect(existsSync(join(folder, 'state.db'))).toBe(true)
  if (code === 0) {
    expect(receiver.requests[0]?.headers).toMatchObject({
      'x-api-key': headerSecret,
      authorization: `Bearer ${bearerSecret}`,
    })
  }
  for (const command of [
    ['check', ...common],
    ['state', 'show', '--json', '--state', join(folder, 'state.db')],
  ]) {
    expectSecretive(await runCommand(command, { env: all }), folder)
  }
})

test('no secret of a YAML file is written, whether it comes from a file or from the environment', async () => {
  const asana = await startAsana({ events: [loginEvent(0)] })
  const refusing = await startReceiver({
    instead: (response, { headers }) => !!response.writeHead(401).end(echo(headers)),
  })
  const [config, folder] = [temporaryFolder(), temporaryFolder()]
  writeFileSync(join(config, 'token'), `${token}\n`)
  const yaml = join(config, 'pipelines.yaml')
  writeFileSync(
    yaml,
    `state: ${join(folder, 'state.db')}
pipelines:
  - name: good
    workspace: "${workspace}"
    base_url: ${asana.baseUrl}
    token_file: ${join(config, 'token')}
    to: file:${join(folder, 'audit.jsonl')}
  - name: refused
    workspace: "${workspace}"
    base_url: ${asana.baseUrl}
    token_env: ACME_TOKEN
    to:
      otlp:
        endpoint: ${refusing.origin}/v1/logs
        headers:
          x-api-key: \${INGEST_KEY}
          authorization: Bearer \${INGEST_TOKEN:-${bearerSecret}}
`,
  )
  const env = { ACME_TOKEN: token, INGEST_KEY: headerSecret }

  const done = await runCommand(['run', '--once', '--give-up-after', '1s', '--config', yaml], { env })
  expect(done).toMatchObject({ code: 1 })
  expect(refusing.requests[0]?.headers).toMatchObject({
    'x-api-key': headerSecret,
    authorization: `Bearer ${bearerSecret}`,
  })
  expect(existsSync(join(folder, 'audit.jsonl'))).toBe(true)
  expectSecretive(done, folder)
  expectSecretive(await runCommand(['check', '--config', yaml], { env }), folder)

  const unset = await runCommand(['run', '--once', '--config', yaml], { env: { ACME_TOKEN: token } })
  expect(unset).toMatchObject({ code: 2, stderr: expect.stringContaining('INGEST_KEY') })
  expectSecretive(unset, folder)
})

const oldToken = '2/1200000000000099/1300000000000100:5ec0d5ec0d5ec0d5ec0d5ec0d5ec0d00'

test('no secret of a command or of a second token is written, nor in a command line, whoever refuses it', async () => {
  const asana = await startAsana({
    events: [loginEvent(0)],
    instead: (response, _, seen) =>
      seen.authorization !== `Bearer ${token}` &&
      !!response.writeHead(401).end(echo({ authorization: seen.authorization })),
  })
  const [config, folder] = [temporaryFolder(), temporaryFolder()]
  writeFileSync(join(config, 'token'), `${oldToken}\n`)
  writeFileSync(join(config, 'second'), `${token}\n`)
  const yaml = join(config, 'pipelines.yaml')
  const written = (exec: string) => `state: ${join(folder, 'state.db')}
pipelines:
  - name: rotated
    workspace: "${workspace}"
    base_url: ${asana.baseUrl}
    token_exec: ${exec}
    second_token_file: ${join(config, 'second')}
    to: file:${join(folder, 'audit.jsonl')}
`
  writeFileSync(yaml, written(`[cat, ${join(config, 'token')}]`))
  const run = ['run', '--once', '--give-up-after', '1s', '--config', yaml]
  const expectNeither = (done: Finished): void => {
    expectSecretive(done, folder)
    for (const text of [done.stdout, done.stderr, contentOf(folder)]) expect(text).not.toContain('5ec0d5ec0d')
  }

  const checked = await runCommand(['check', '--config', yaml], {})
  expect(checked.stdout).toMatch(/so the second one, from the\s+file/)
  expectNeither(checked)
  const done = await runCommand(run, {})
  expect(done).toMatchObject({ code: 0 })
  expect(done.stderr.match(/second_token/g)).toHaveLength(1)
  expectNeither(done)

  writeFileSync(join(config, 'second'), `${oldToken}x\n`)
  const refused = await runCommand([...run, '--state', join(folder, 'other.db')], {})
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('unauthorized') })
  expectNeither(refused)

  const fails = `process.stdout.write('${oldToken}'); console.error('denied for ${token}'); process.exit(1)`
  writeFileSync(join(config, 'fails.mjs'), fails)
  writeFileSync(yaml, written(`[${process.execPath}, ${join(config, 'fails.mjs')}]`))
  const failed = await runCommand(run, {})
  expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining('ended with status 1') })
  expectNeither(failed)
})

test.each([
  ['a header with spaces in its name', `to: {otlp: {headers: {"x api key": ${headerSecret}}}}`],
  ['a header in another shape', `to: {otlp: {headers: ["x-api-key=${headerSecret}"]}}`],
  ['headers as one text', `to: {otlp: {headers: "x-api-key=${headerSecret}"}}`],
  ['a secret where the endpoint belongs', `to: {otlp: {endpoint: ${headerSecret}}}`],
  ['the token itself in the file', `token: ${token}\n    to: stdout`],
  ['the token in a word of a command', `token_exec: [echo, ${token}]\n    to: stdout`],
  ['the token where the second file belongs', `second_token_file: ${token}\n    to: stdout`],
  ['the token where its file belongs', `token_file: ${token}\n    to: stdout`],
  ['the token where the name of its variable belongs', `token_env: ${token}\n    to: stdout`],
  [
    'a password in the base URL',
    `base_url: https://user:${passwordSecret}@app.asana.com/api/1.0\n    to: stdout`,
  ],
  ['YAML that is broken beside a secret', `to: {otlp: {headers: {x-api-key: ${headerSecret}}`],
  ['one name twice beside a secret', `to: {otlp: {headers: {a: ${headerSecret}, a: ${headerSecret}}}}`],
])('no secret is written when a YAML file has %s', async (_, lines) => {
  const [config, folder] = [temporaryFolder(), temporaryFolder()]
  const yaml = join(config, 'pipelines.yaml')
  // No test may reach Asana itself, even if a refusal is missing.
  const base = lines.includes('base_url') ? '' : `    base_url: ${await closedPort()}/api/1.0\n`
  writeFileSync(yaml, `pipelines:\n  - workspace: "1"\n${base}    ${lines}\n`)
  const args = ['run', '--once', '--config', yaml, '--state', join(folder, 'state.db')]

  const done = await runCommand(args, { env: { ASANA_TOKEN: token } })

  expect(done).toMatchObject({ code: 2 })
  expectSecretive(done, folder)
  expect(readdirSync(folder)).toEqual([])
})

test('no secret is written if the token is given in place of its file', async () => {
  const env = { ASANA_TOKEN_FILE: token, ASANA_WORKSPACE: workspace, ASANA_BASE_URL: await closedPort() }
  const done = await runCommand(['run', '--once', '--to', 'stdout'], { env })
  expect(done).toMatchObject({ code: 2 })
  expectNoSecret('stderr', done.stderr)
})

const hasProcessList = existsSync('/proc/self/cmdline')

test.runIf(hasProcessList).each<[from: string, env: (config: string) => Record<string, string>]>([
  ['variables', () => ({ ASANA_TOKEN: token, OTEL_EXPORTER_OTLP_HEADERS: otlpHeaders })],
  [
    'commands and second ones',
    (config) => ({
      ASANA_TOKEN: '',
      ASANA_TOKEN_EXEC: `sh ${join(config, 'print')} ${join(config, 'token')}`,
      ASANA_SECOND_TOKEN: token,
      OTEL_EXPORTER_OTLP_HEADERS_EXEC: `sh ${join(config, 'print')} ${join(config, 'headers')}`,
      OTEL_EXPORTER_OTLP_SECOND_HEADERS: otlpHeaders,
    }),
  ],
])('no secret is in the process list if secrets come from %s', async (from, secretEnv) => {
  const asana = await startAsana({ events: [loginEvent(0)] })
  const receiver = await startReceiver()
  const [config, folder] = [temporaryFolder(), temporaryFolder()]
  writeFileSync(join(config, 'token'), token)
  writeFileSync(join(config, 'headers'), otlpHeaders)
  const seen = join(config, 'seen')
  writeFileSync(join(config, 'print'), `tr '\\0' ' ' < /proc/$$/cmdline >> ${seen}\ncat "$1"\n`)
  const env = { ...asana.env, ...receiver.env, ...secretEnv(config) }
  const running = startCommand(['run', '--to', 'otlp', '--state', join(folder, 'state.db')], { env })
  await vi.waitFor(() => expect(receiver.accepted.length).toBe(1), { timeout: 300_000 })

  expectNoSecret('the command line', readFileSync(`/proc/${running.child.pid}/cmdline`, 'latin1'))
  if (from !== 'variables') {
    const ofCommands = readFileSync(seen, 'latin1')
    expect(ofCommands).toMatch(/print .*token[\s\S]*print .*headers/)
    expectNoSecret('the command lines of the commands', ofCommands)
  }
  expectNoSecret('the files', contentOf(folder))
  running.child.kill('SIGTERM')
  const done = await running.finished
  expect(done.code).toBe(0)
  expectSecretive(done, folder)
})

test('no secret is written if Asana cannot be reached', async () => {
  const folder = temporaryFolder()
  const env = {
    ASANA_TOKEN: token,
    ASANA_WORKSPACE: workspace,
    ASANA_BASE_URL: `${await closedPort()}/api/1.0`,
  }
  const args = [
    'run',
    '--once',
    '--give-up-after',
    '1s',
    '--to',
    'stdout',
    '--state',
    join(folder, 'state.db'),
  ]
  const done = await runCommand(args, { env })
  expect(done).toMatchObject({ code: 1 })
  expectSecretive(done, folder)
})

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyFieldPolicy, defaultFieldPolicy } from '@asana-audit/schema'
import { type Simulator, startSimulator } from '@asana-audit/simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type PantherSource,
  type PantherSourceOptions,
  startPantherSource,
} from '../../../panther-http/test/support/panther-source.ts'
import { destinationMaps } from '../../src/config/destination/destination-map.ts'
import { type Ran, runCommand } from '../support/run-command.ts'

let simulator: Simulator
let folder = ''
beforeAll(async () => {
  simulator = await startSimulator({ events: 300 })
})
afterAll(() => simulator.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-panther-'))
  writeFileSync(join(folder, 'secret'), 'panther-s3cret\n')
  return () => rmSync(folder, { recursive: true })
})

const secret = 'panther-s3cret'

/** The variables for a source, with a bearer token in a file. */
function env({ url }: PantherSource, more: Record<string, string> = {}): Record<string, string> {
  return {
    ASANA_BASE_URL: simulator.url,
    ASANA_WORKSPACE: simulator.workspace,
    ASANA_TOKEN: 'simulator-token',
    ASANA_AUDIT_STATE: join(folder, 'state.db'),
    PANTHER_HTTP_URL: url,
    PANTHER_HTTP_SECRET_FILE: join(folder, 'secret'),
    ...more,
  }
}

function inYaml(map: string, more = ''): string {
  const path = join(folder, 'p.yaml')
  writeFileSync(
    path,
    `pipelines:
  - name: panther
    workspace: "${simulator.workspace}"
    ${more}
    to:
      panther_http: ${map}
`,
  )
  return path
}

const sent = (): object[] => simulator.events.map((event) => applyFieldPolicy(event, defaultFieldPolicy))
const byGid = (one: Record<string, unknown>, other: Record<string, unknown>): number =>
  String(one['gid']).localeCompare(String(other['gid']))

test('findings of rules are not sent, which is said, and every event is', async () => {
  const source = await startPantherSource({ auth: { bearer: secret } })
  const rule = `title: Something happened
logsource: { product: asana, service: audit }
detection: { selection: { event_type|exists: true }, condition: selection }
level: high
`
  writeFileSync(join(folder, 'rule.yml'), rule)
  const { url } = source
  const map = `{ url: "${url}", secret_file: "${join(folder, 'secret')}" }`
  const file = inYaml(map, 'detect: { rules: rule.yml }')
  const { code, stderr } = await runCommand(['run', '--once', '--config', file], env(source))
  expect(code).toBe(0)
  expect(stderr).toContain('Panther reports what fits none')
  expect(stderr).toContain('Something happened (high)')
  expect(source.failures).toEqual([])
  expect(source.classified).toHaveLength(sent().length)
})

test('run delivers every event as the schema describes it, and nothing else', async () => {
  const source = await startPantherSource({ auth: { bearer: secret } })
  expect((await runCommand(['run', '--once', '--to', 'panther-http'], env(source))).code).toBe(0)
  expect(source.failures).toEqual([])
  expect(source.classified.toSorted(byGid)).toEqual(
    sent().toSorted((one, other) => byGid(one as never, other as never)),
  )
})

test('the next run sends nothing again, since the state knows the pipeline', async () => {
  const source = await startPantherSource({ auth: { bearer: secret } })
  const run = (): Promise<Ran> => runCommand(['run', '--once', '--to', 'panther-http'], env(source))
  await run()
  const before = source.classified.length
  expect((await run()).code).toBe(0)
  expect(source.classified).toHaveLength(before)
})

const methods: [string, string, PantherSourceOptions['auth']][] = [
  [
    'a shared secret',
    'auth: shared-secret, header: X-Panther-Secret',
    { header: 'x-panther-secret', value: secret },
  ],
  [
    'an HMAC',
    'auth: hmac, header: X-Signature, hmac_algorithm: sha512, hmac_encoding: base64',
    { header: 'x-signature', key: secret, algorithm: 'sha512', encoding: 'base64' },
  ],
  ['basic', 'auth: basic, username: asana', { username: 'asana', password: secret }],
]

test.each(methods)('YAML sets every method: %s', async (_, settings, auth) => {
  const source = await startPantherSource({ auth: auth! })
  const file = join(folder, 'secret')
  const config = inYaml(
    `{ url: "${source.url}", secret_file: ${file}, ${settings}, compression: none, in_flight: 1 }`,
  )
  const without = env(source)
  delete without['PANTHER_HTTP_SECRET_FILE']
  expect((await runCommand(['run', '--once', '--config', config], without)).code).toBe(0)
  expect(source.classified).toHaveLength(simulator.events.length)
  expect(source.posts.every(({ headers }) => headers['content-encoding'] === undefined)).toBe(true)
})

test('the policy of the pipeline applies, and a command may give the secret', async () => {
  const source = await startPantherSource({ auth: { bearer: secret } })
  const config = inYaml(`{ secret_exec: [cat, ${join(folder, 'secret')}] }`, 'people: drop')
  expect((await runCommand(['run', '--once', '--config', config], env(source))).code).toBe(0)
  expect(source.classified).toHaveLength(simulator.events.length)
  expect(source.classified.filter(({ actor }) => 'email' in (actor as object))).toEqual([])
})

describe('check', () => {
  test('sends no event, and says what only the first event shows', async () => {
    const source = await startPantherSource({ auth: { bearer: secret } })
    const { code, stdout } = await runCommand(['check', '--to', 'panther-http'], env(source))
    expect(code).toBe(0)
    const text = stdout.replaceAll(/\s+/g, ' ')
    expect(text).toContain(`The secret comes from the file ${join(folder, 'secret')}`)
    expect(text).toContain('cannot be tried without an event')
    expect(source.posts).toEqual([])
    expect(text).not.toContain(secret)
  })

  test('reports a login page in its place', async () => {
    const source = await startPantherSource({
      answer: () => ({ status: 200, body: '<html>Log in</html>' }),
    })
    const { code, stdout } = await runCommand(['check', '--to', 'panther-http', '--json'], env(source))
    expect(code).toBe(1)
    const findings = JSON.parse(stdout) as { what: string }[]
    expect(findings.find(({ what }) => what === 'panther-http')).toMatchObject({
      ok: false,
      code: 'not_a_receiver',
    })
  })

  test('says that findings of rules are not written there', async () => {
    const source = await startPantherSource()
    const { code, stdout } = await runCommand(['check', '--config', inYaml('{}', 'detect: {}')], env(source))
    expect(code).toBe(0)
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('Findings are not written to this destination: Panther')
    const without = await runCommand(['check', '--config', inYaml('{}')], env(source))
    expect(without.stdout).not.toContain('Findings')
  })

  test('warns of settings that change nothing there', async () => {
    const source = await startPantherSource()
    const config = inYaml('{}', 'relevance: { user_login_failed: high }')
    const { stdout } = await runCommand(['check', '--config', config], env(source))
    expect(stdout).toContain('relevance has no effect for panther-http')
  })
})

test('a refused secret stops the delivery with a sentence that does not show it', async () => {
  const source = await startPantherSource({ auth: { bearer: 'another' } })
  const { code, stderr } = await runCommand(['run', '--once', '--to', 'panther-http'], env(source))
  expect(code).toBe(1)
  expect(stderr).toContain('It refuses the secret.')
  expect(stderr).toContain(`The secret comes from the file ${join(folder, 'secret')}.`)
  expect(stderr).not.toContain(secret)
  expect(source.classified).toEqual([])
})

describe('wrong settings', () => {
  test.each([
    ['{ url: "logs.acme.runpanther.net" }', 'panther_http.url'],
    ['{ auth: oauth }', 'panther_http.auth'],
    ['{ auth: hmac }', 'panther_http.header'],
    ['{ auth: basic }', 'panther_http.username'],
    ['{ in_flight: 9 }', 'panther_http.in_flight'],
    ['{ secret: abc }', 'panther_http.secret'],
    ['{ tokn_file: abc }', 'panther_http.tokn_file'],
    ['{ secret_file: [S3cret] }', 'panther_http.secret_file'],
  ])('are named with their path: %s', async (map, setting) => {
    const source = await startPantherSource()
    const { code, stderr } = await runCommand(['run', '--once', '--config', inYaml(map)], env(source))
    expect(code).toBe(2)
    expect(stderr).toContain(setting)
    expect(stderr).not.toContain('S3cret')
  })

  test('without any, the variables to set are named', async () => {
    const source = await startPantherSource()
    const none = { PANTHER_HTTP_URL: '', PANTHER_HTTP_SECRET_FILE: '' }
    const { code, stderr } = await runCommand(['run', '--to', 'panther-http'], env(source, none))
    expect(code).toBe(2)
    for (const name of ['PANTHER_HTTP_URL', 'PANTHER_HTTP_SECRET']) expect(stderr).toContain(name)
  })
})

test('config explain shows the path of the secret, and neither the secret nor the address, which has an id in it', async () => {
  const source = await startPantherSource()
  const config = inYaml(`{ url: "${source.url}", secret_file: ${join(folder, 'secret')} }`)
  const { code, stdout } = await runCommand(['config', 'explain', config], env(source))
  expect(code).toBe(0)
  expect(stdout).toContain(join(folder, 'secret'))
  expect(stdout).toMatch(/to\.panther_http\.url +\(hidden\)/)
  expect(stdout).not.toContain(secret)
})

test('config schema knows every setting of panther_http', async () => {
  const { stdout } = await runCommand(['config', 'schema'], {})
  for (const name of ['panther_http', 'hmac_encoding', 'second_secret_exec']) expect(stdout).toContain(name)
})

test('a quarantined event is sent again to Panther', async () => {
  let isRefusing = true
  const [first] = simulator.events
  const source = await startPantherSource({
    answer: ({ lines }) =>
      isRefusing && lines.some((line) => JSON.parse(line).gid === first?.gid) ? { status: 400 } : undefined,
  })
  // Something was accepted before the refusal, or it would count as a wrong set-up.
  const run = await runCommand(['run', '--once', '--to', 'panther-http'], env(source))
  expect(run.code).toBe(3)
  isRefusing = false
  const replay = await runCommand(['quarantine', 'replay', '--to', 'panther-http'], env(source))
  expect(replay.code).toBe(0)
  expect(source.classified.some(({ gid }) => gid === first?.gid)).toBe(true)
})

test('the page of settings lists every setting of panther_http', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/settings.md'), 'utf8')
  const listed = /`panther_http: \{ ([^`]*) \}`/.exec(page)?.[1]?.split(', ') ?? []
  const inText = ['secret', 'second_secret'].flatMap((name) => [`${name}_env`, `${name}_exec`])
  const known = Object.keys(destinationMaps.panther_http.shape)
  expect([...listed, ...inText].toSorted()).toEqual(known.toSorted())
})

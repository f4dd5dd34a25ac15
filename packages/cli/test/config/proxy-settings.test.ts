import { rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import type { Warning } from '../../src/terminal/problem.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const file = temporaryFolder()
const good = { ASANA_TOKEN: 'secret', ASANA_WORKSPACE: '42' }

test('a proxy is read as curl reads it: with or without a scheme, lower case first', async () => {
  const env = { ...good, HTTPS_PROXY: 'proxy.corp:3128', HTTP_PROXY: 'x', http_proxy: 'http://a:1' }
  const reading = await readSettings({ to: ['stdout'] }, env)
  expect(reading).toMatchObject({
    settings: { pipelines: [{ http: { proxy: { https: 'http://proxy.corp:3128', http: 'http://a:1' } } }] },
  })
})

test('ALL_PROXY is used for a protocol without its own proxy, and may be SOCKS', async () => {
  const env = { ...good, HTTPS_PROXY: 'http://a:1', all_proxy: 'socks5h://b:2' }
  const reading = await readSettings({ to: ['stdout'] }, env)
  expect(reading).toMatchObject({
    settings: { pipelines: [{ http: { proxy: { https: 'http://a:1', http: 'socks5://b:2' } } }] },
  })
})

test('an invalid proxy address is a problem of its variable, and is not quoted because it may hold a password', async () => {
  const env = { ...good, https_proxy: 'http://svc:pa/ss@proxy:3128', HTTP_PROXY: 'ftp://svc:pa%2Fss@proxy' }
  const { code, stderr } = await runCommand(['run', '--once', '--to', 'stdout'], env)
  expect(code).toBe(2)
  expect(stderr).toMatch(
    /2 problems[\s\S]*HTTP_PROXY\n[\s\S]*%2F[\s\S]*https_proxy\n[\s\S]*http:\/\/proxy\.example\.com:3128/,
  )
  expect(stderr).not.toMatch(/svc|pa.ss|pa%2Fss/)
})

test('the problem of an address lists the schemes that work', async () => {
  const reading = await readSettings({ to: ['stdout'] }, { ...good, HTTP_PROXY: 'socks4://proxy.corp:1080' })
  expect(reading).toMatchObject({ problems: [{ setting: 'HTTP_PROXY' }] })
  expect(JSON.stringify(reading)).toMatch(/http:.*https:\/\/.*socks5:\/\/.*socks5h:\/\//)
})

test.each([
  [{ ALL_PROXY: 'http://127.0.0.1:1' }, 'ALL_PROXY'],
  [{ ALL_PROXY: 'http://127.0.0.1:2', https_proxy: 'http://127.0.0.1:1' }, 'https_proxy'],
])('a proxy that cannot be reached is named with its variable: %j', async (proxies, variable) => {
  const asana = ['--base-url', 'https://asana.example/api/1.0', '--state', file('state.db')]
  const { code, stdout } = await runCommand(['check', '--to', 'stdout', ...asana], { ...good, ...proxies })
  expect(code).toBe(1)
  expect(stdout).toContain(`The proxy http://127.0.0.1:1 of ${variable} cannot be reached`)
})

async function warningsOf(env: NodeJS.ProcessEnv): Promise<readonly Warning[]> {
  const reading = await readSettings({ to: ['stdout'] }, { ...good, ...env })
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems))
  return reading.settings.pipelines.flatMap(({ warnings }) => warnings)
}

test('a proxy password that crosses the network unencrypted gives a warning that does not quote it', async () => {
  const warnings = await warningsOf({
    HTTPS_PROXY: 'http://me:hunter2@proxy.corp:3128',
    HTTP_PROXY: 'http://proxy.corp:3128',
  })
  expect(warnings.map(({ code }) => code)).toEqual(['plain_http'])
  expect(warnings[0]?.message).toMatch(/HTTPS_PROXY.*proxy\.corp:3128/)
  expect(warnings[0]?.message).not.toContain('hunter2')
})

test.each(['http://me:hunter2@localhost:3128', 'https://me:hunter2@proxy.corp:3128'])(
  'a proxy password on this machine or within TLS gives no warning: %s',
  async (HTTPS_PROXY) => {
    expect(await warningsOf({ HTTPS_PROXY })).toEqual([])
  },
)

test('an entry of NO_PROXY that can never match is a problem, reported with a good one', async () => {
  const env = { ...good, NO_PROXY: 'localhost,10.0.0.0/8,10.0.0.0/33,http://splunk.corp' }
  const { code, stderr } = await runCommand(['run', '--once', '--to', 'stdout'], env)
  expect(code).toBe(2)
  const message = stderr.replace(/\s+/g, ' ')
  expect(message).toContain('NO_PROXY These entries are not networks: "10.0.0.0/33", "http://splunk.corp".')
  expect(message).toContain('10.0.0.0/8 or fd00::/8')
})

test.each([
  'http://me:hunter2@proxy.corp:3128',
  'me:hunt,hunter2@proxy.corp:3128/',
  'http://u:hunter2,a@proxy.corp',
])(
  'the address of a proxy in NO_PROXY is not quoted, because it may hold a password: %s',
  async (NO_PROXY) => {
    const { code, stderr } = await runCommand(['run', '--once', '--to', 'stdout'], { ...good, NO_PROXY })
    expect(code).toBe(2)
    expect(stderr.replace(/\s+/g, ' ')).toContain('NO_PROXY Some entries are not networks. Write networks as')
    expect(stderr).not.toMatch(/hunt|corp/)
  },
)

/** Where a client goes through now, and what it warned of. */
async function clientWith(env: NodeJS.ProcessEnv) {
  const reading = await readSettings({ to: ['stdout'] }, { ...good, ...env })
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems))
  const { credentials } = reading.settings.pipelines[0]?.proxies.through() ?? {}
  if (!credentials?.again) throw new Error('The address cannot change.')
  const warnings: string[] = []
  return { warnings, again: () => credentials.again?.((message) => warnings.push(message)) }
}

test('an address from a file is read again when it changes, and an earlier one is used while it cannot be', async () => {
  const path = file('proxy')
  writeFileSync(path, 'http://me:one@proxy.corp:3128\n')
  const { again, warnings } = await clientWith({ HTTPS_PROXY_FILE: path, NO_PROXY: 'a.example' })
  const from = { https: 'HTTPS_PROXY_FILE' }
  const through = (https: string) => ({ proxy: { http: undefined, https, none: 'a.example', from } })
  expect(await again()).toEqual(through('http://me:one@proxy.corp:3128'))
  writeFileSync(path, 'http://me:two@proxy.corp:3128')
  expect(await again()).toEqual(through('http://me:two@proxy.corp:3128'))
  writeFileSync(path, 'http://me:th/ree@proxy.corp:3128')
  for (const _ of [1, 2]) expect(await again()).toEqual(through('http://me:two@proxy.corp:3128'))
  rmSync(path)
  for (const _ of [1, 2]) expect(await again()).toEqual(through('http://me:two@proxy.corp:3128'))
  expect(warnings).toEqual([
    expect.stringMatching(
      /^HTTPS_PROXY_FILE: It is not the address of a proxy\. .*the earlier address is used\.$/,
    ),
    expect.stringMatching(/^HTTPS_PROXY_FILE: The proxy file .*\(ENOENT\)/),
  ])
  expect(warnings.join()).not.toMatch(/me:|th.ree/)
})

test('an address from a command works for both schemes, with the warning of one in clear', async () => {
  const env = { ALL_PROXY_EXEC: '["echo", "proxy.corp:3128"]' }
  const address = 'http://proxy.corp:3128'
  expect(await (await clientWith(env)).again()).toMatchObject({ proxy: { http: address, https: address } })
  writeFileSync(file('clear'), 'http://me:hunter2@proxy.corp:3128')
  const warnings = await warningsOf({ HTTPS_PROXY_FILE: file('clear') })
  expect(warnings).toEqual([
    { code: 'plain_http', message: expect.stringMatching(/^HTTPS_PROXY_FILE: .*proxy\.corp/) },
  ])
})

test.each([
  [
    { HTTPS_PROXY_FILE: '/nowhere/proxy' },
    'HTTPS_PROXY_FILE',
    /\(\/nowhere\/proxy\) cannot be read \(ENOENT\)/,
  ],
  [{ HTTP_PROXY_EXEC: 'false' }, 'HTTP_PROXY_EXEC', /ended with status 1/],
  [{ HTTP_PROXY_EXEC: '["echo", "ftp://me:hunter2@proxy"]' }, 'HTTP_PROXY_EXEC', /looks like a secret/],
  [{ ALL_PROXY_EXEC: 'echo ftp://proxy' }, 'ALL_PROXY_EXEC', /is not the address of a proxy/],
  [
    { https_proxy: 'http://a:1', HTTPS_PROXY_FILE: '/nowhere/proxy' },
    'HTTPS_PROXY_FILE',
    /^https_proxy is set as well\. Keep one of the two\.$/,
  ],
])('%j is a problem of its variable, told once', async (env, setting, message) => {
  const reading = await readSettings({ to: ['stdout', 'otlp'] }, { ...good, ...env })
  expect(reading).toEqual({ problems: [{ setting, message: expect.stringMatching(message) }] })
})

import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/read-settings.ts'
import type { Warning } from '../../src/terminal/problem.ts'
import { runCommand } from '../support/run-command.ts'

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

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:net'
import { secretFile } from '@asana-audit/core/config'
import { systemClock } from '@asana-audit/core/sink-kit'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { expect, onTestFinished, test } from 'vitest'
import type { ListenSettings } from '../../src/config/monitoring/listen.ts'
import { openListen } from '../../src/listen/listen-observer.ts'
import { metricsText } from '../../src/metrics/metrics-text.ts'
import { newRegistry } from '../../src/metrics/registry.ts'
import { ask } from '../support/ask.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const inFolder = temporaryFolder()
const local: ListenSettings = {
  ...{ host: '127.0.0.1', port: 0, setting: '--listen', isLoopback: true, hosts: [] },
  ...{ token: undefined, tokenFile: undefined },
}

/** Serves an empty run. Gives the address without the last slash. */
async function serve(settings: Partial<ListenSettings> = {}): Promise<string> {
  const state = sqliteState({ path: inFolder('state.db') })
  const observer = await openListen({ ...local, ...settings }, state, metricsText(newRegistry()))
  onTestFinished(async () => {
    await observer.close()
    await state.close()
  })
  observer.started([], 'state.db')
  observer.claimed?.()
  return observer.statusPage?.replace(/\/$/, '') ?? ''
}

const status = async (url: string, host: string): Promise<number> =>
  (await ask(`${url}/status.json`, { Host: host })).status

test('on loopback a request must call the server by a name of this machine, with any port', async () => {
  const url = await serve()
  for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST:1', 'localhost.', '[::1]:9464', '127.9.9.9']) {
    expect([host, await status(url, host)]).toEqual([host, 200])
  }
  const hostile = ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '192.0.2.1']
  const odd = [
    'a@localhost',
    'localhost/',
    'localhost:99999999',
    '[::1',
    '[evil]',
    '127.0.0.1 evil',
    '\u00ff',
  ]
  for (const host of [...hostile, ...odd]) expect([host, await status(url, host)]).toEqual([host, 421])
})

test('a name that listen_hosts has is taken, in any case', async () => {
  const url = await serve({ hosts: ['audit.example.com'] })
  expect(await status(url, 'Audit.Example.com:443')).toBe(200)
  expect(await status(url, 'audit.example.com.evil.example')).toBe(421)
})

test('on an address that others reach, an address is taken as Host, and a name only from listen_hosts', async () => {
  const url = await serve({ isLoopback: false, hosts: ['audit.example.com'] })
  for (const host of ['192.0.2.1:9464', '[2001:db8::1]:9464', 'audit.example.com', 'localhost']) {
    expect([host, await status(url, host)]).toEqual([host, 200])
  }
  for (const host of ['evil.example', '192.0.2.1.evil.example', '999.0.2.1'])
    expect([host, await status(url, host)]).toEqual([host, 421])
})

test('probes need no token and may use any Host', async () => {
  const url = await serve({ isLoopback: false, token: async () => 'a token of a good length' })
  for (const path of ['/livez', '/readyz', '/readyz?verbose']) {
    expect(await ask(url + path, { Host: 'evil.example' })).toMatchObject({ status: 200, body: 'ok\n' })
  }
})

test('everything else needs the token, as a bearer or as the password of a browser', async () => {
  const token = 'a-token/of+good=length'
  const url = await serve({ isLoopback: false, token: async () => token })
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
  const asked = (path: string, authorization?: string) =>
    ask(url + path, { ...(authorization !== undefined && { Authorization: authorization }) })
  for (const right of [`Bearer ${token}`, `bearer ${token}`, basic(`:${token}`), basic(`me:${token}`)]) {
    expect([right, (await asked('/status.json', right)).status]).toEqual([right, 200])
  }
  const wrong = [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    `Bearer ${token}x`,
    token,
    basic(token.slice(1)),
    basic(''),
  ]
  for (const one of wrong) {
    const refused = await asked('/status.json', one)
    expect([one, refused.status]).toEqual([one, 401])
    expect(refused.headers['www-authenticate']).toContain('Bearer')
    expect(refused.body).not.toContain(token)
  }
  // Whoever has no token does not learn which pages there are.
  expect((await asked('/none')).status).toBe(401)
})

test('a new token in the file is used a second later; without the file nobody is let in', async () => {
  const path = inFolder('token')
  writeFileSync(path, 'the first token\n')
  let now = 0
  const token = secretFile(path, path, { ...systemClock, now: () => now })
  const url = await serve({ isLoopback: false, token })
  const asked = async (token: string): Promise<number> => {
    now += 1_000
    return (await ask(`${url}/status.json`, { Authorization: `Bearer ${token}` })).status
  }
  expect([await asked('first'), await asked('the first token')]).toEqual([401, 401])
  writeFileSync(path, 'first-token\n')
  expect(await asked('first-token')).toBe(200)
  writeFileSync(path, 'second-token\n')
  expect([await asked('first-token'), await asked('second-token')]).toEqual([401, 200])
  writeFileSync(path, '\n')
  expect([await asked(''), await asked('second-token')]).toEqual([503, 503])
  rmSync(path)
  expect(await asked('second-token')).toBe(503)
  expect((await ask(`${url}/livez`)).status).toBe(200)
})

test('only GET and HEAD are answered, and no page can be framed, cached or given a script', async () => {
  const url = await serve()
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    for (const path of ['/livez', '/status.json']) {
      const refused = await ask(url + path, {}, method)
      expect(refused).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    }
  }
  const { body, headers } = await ask(`${url}/status.json`)
  const head = await ask(`${url}/status.json`, {}, 'HEAD')
  expect(head).toMatchObject({ status: 200, body: '' })
  expect(Number(head.headers['content-length'])).toBe(Buffer.byteLength(body))
  expect(headers).toMatchObject({
    ...{
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  })
  expect((await ask(`${url}/none`)).body).toContain('/livez')
})

test('connections that cannot be accepted end nothing', async () => {
  const servers: Server[] = []
  const noticed = (message: unknown): void => void servers.push((message as { server: Server }).server)
  subscribe('tracing:net.server.listen:asyncEnd', noticed)
  onTestFinished(() => void unsubscribe('tracing:net.server.listen:asyncEnd', noticed))
  const url = await serve()
  const tooMany = Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' })
  for (let times = 0; times < 2; times += 1) servers[0]?.emit('error', tooMany)
  expect(servers).toHaveLength(1)
  expect((await ask(`${url}/livez`)).status).toBe(200)
})

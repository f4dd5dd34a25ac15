import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recordingProxy } from '../../packages/core/test/support/recording-proxy.ts'
import { noSmallDisk, smallDisk } from '../support/commands/full-disk.ts'
import { errors, gidOf, loginEvent, token, workspace } from '../support/servers/asana-server.ts'
import { firstGids, inputProgram, inputScene } from '../support/splunkd/scene.ts'

// What an administrator of Splunk gets wrong, and what goes wrong around an input: a sentence where the person looks, and nothing lost.

test('a good input is accepted, and what is wrong with another is a sentence on the page', async () => {
  const { splunkd, params } = await inputScene(3)
  const refusal = (changes: Readonly<Record<string, string>>) =>
    splunkd.validate(inputProgram, 'a', { ...params, ...changes })
  expect(await refusal({})).toBeUndefined()
  expect(await refusal({ account: 'nobody' })).toMatch(/no token for the account "nobody".*Configuration/)
  expect(await refusal({ workspace: 'my company' })).toMatch(
    /^Workspace: "my company" cannot be used\. .*Domain ID/,
  )
  expect(await refusal({ workspace: '99' })).toMatch(/workspace/i)
  expect(await refusal({ event_types: 'user_login_faild' })).toMatch(/^Event types: .*user_login_failed/)
  expect(await refusal({ people: 'hash' })).toMatch(/hash_key_file/)
  expect(await refusal({ trail: 'soon' })).toMatch(/^Trail: Give a duration/)
  expect(await refusal({ trail: '30d' })).toMatch(/^Trail: Give a duration from 1s to 1h/)
})

test('an index that is disabled, and a workspace that another input reads, are refused on the page', async () => {
  const { splunkd, params } = await inputScene(3)
  const refusal = (changes: Readonly<Record<string, string>>) =>
    splunkd.validate(inputProgram, 'a', { ...params, ...changes })
  splunkd.settings.indexes.set('closed', { disabled: true })
  expect(await refusal({ index: 'closed' })).toMatch(/index "closed" is disabled/)
  splunkd.settings.inputs.set('other', { workspace, disabled: '0' })
  expect(await refusal({})).toMatch(/input "other" reads this workspace already/)
  splunkd.settings.inputs.set('other', { workspace, disabled: '1' })
  splunkd.settings.inputs.set('a', { workspace, disabled: '0' })
  expect(await refusal({})).toBeUndefined()
})

test('token, scope and plan are really checked with Asana', async () => {
  const { splunkd, params } = await inputScene(3)
  splunkd.settings.accounts.set('auditor', 'wrong')
  expect(await splunkd.validate(inputProgram, 'a', params)).toMatch(/token/i)
  const forbidden = await inputScene(3, (response) => {
    response.writeHead(403, { 'content-type': 'application/json' })
    response.end(errors('Forbidden'))
    return true
  })
  expect(await forbidden.splunkd.validate(inputProgram, 'a', forbidden.params)).toMatch(
    /Enterprise|service account/,
  )
})

test('a password store that is locked is waited for', async () => {
  const { splunkd, params } = await inputScene(5)
  splunkd.settings.store = 'locked'
  expect(await splunkd.validate(inputProgram, 'a', params)).toMatch(/storage\/passwords with 503/)
  const input = splunkd.start(inputProgram, 'a', params)
  await expect
    .poll(() => input.log())
    .toMatch(/^WARN asana_audit event="retrying" .*storage\/passwords with 503/m)
  splunkd.settings.store = 'open'
  await expect.poll(() => splunkd.gids()).toEqual(firstGids(5))
  await input.stop()
})

test('a store that cannot be decrypted is said on the page and in the log', async () => {
  const { splunkd, params } = await inputScene(5)
  splunkd.settings.store = 'undecryptable'
  expect(await splunkd.validate(inputProgram, 'a', params)).toMatch(/has splunk\.secret changed/)
  const input = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => input.log()).toMatch(/^ERROR asana_audit event="paused" .*splunk\.secret changed/m)
  expect(await input.stop()).toBe(0)
})

test('a session key that expires in the middle stops nothing', async () => {
  const { splunkd, params, events } = await inputScene(5)
  const input = splunkd.start(inputProgram, 'a', { ...params, index: 'main', trail: '1s' })
  await expect.poll(() => splunkd.gids().length).toBe(5)
  splunkd.expireSessions()
  await expect.poll(() => input.log()).toMatch(/^WARN asana_audit event="session_expired" /m)
  events.push(loginEvent(5))
  await expect.poll(() => splunkd.gids()).toEqual(firstGids(6))
  expect(await input.stop()).toBe(0)
})

test('a token that is replaced on the page is used without a restart', async () => {
  const { splunkd, params } = await inputScene(5)
  splunkd.settings.accounts.set('auditor', 'revoked')
  const input = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => input.log()).toMatch(/^ERROR asana_audit event="paused" .*token/m)
  splunkd.settings.accounts.set('auditor', token)
  await expect.poll(() => splunkd.gids()).toEqual(firstGids(5))
  expect(await input.stop()).toBe(0)
})

test('an index that is disabled in the middle gets the same events once it is enabled', async () => {
  const { splunkd, params, events } = await inputScene(5)
  const index = { disabled: false }
  splunkd.settings.indexes.set('asana', index)
  const brisk = { ...params, index: 'asana', trail: '2s' }
  const input = splunkd.start(inputProgram, 'a', brisk)
  await expect.poll(() => splunkd.gids().length).toBe(5)
  index.disabled = true
  events.push(loginEvent(5))
  await expect
    .poll(() => input.log())
    .toMatch(/^ERROR asana_audit event="failed" .*index 'asana' is disabled/m)
  await input.stop()
  const waiting = splunkd.start(inputProgram, 'a', brisk)
  await expect
    .poll(() => waiting.log())
    .toMatch(/^ERROR asana_audit event="paused" .*index 'asana' is disabled/m)
  await waiting.stop()
  index.disabled = false
  const next = splunkd.start(inputProgram, 'a', brisk)
  await expect.poll(() => splunkd.gids()).toContain(gidOf(5))
  await next.stop()
})

test('a second input with the same workspace says so, and the first goes on', async () => {
  const { splunkd, params, events } = await inputScene(5)
  const first = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => splunkd.gids().length).toBe(5)
  const second = splunkd.start(inputProgram, 'b', params)
  await expect
    .poll(() => second.log())
    .toMatch(/^ERROR asana_audit event="paused" input="b" .*reads the workspace/m)
  events.push(loginEvent(5))
  await expect.poll(() => splunkd.gids()).toEqual(firstGids(6))
  expect(await second.stop()).toBe(0)
  await first.stop()
})

test('a folder for the position that cannot be used is said, and nothing is read', async () => {
  const { splunkd, params, asana } = await inputScene(5)
  writeFileSync(join(splunkd.checkpoints, workspace), 'a file in its place')
  const input = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => input.log()).toMatch(/^ERROR asana_audit event="paused" .*folder for the position/m)
  expect(asana.requests).toEqual([])
  expect(await input.stop()).toBe(0)
})

test('neither the token nor the session key is in a file, an argument or the log', async () => {
  const { splunkd, params } = await inputScene(5)
  splunkd.settings.proxy = { proxy_enabled: '0' }
  const input = splunkd.start(inputProgram, 'a', { ...params, trail: '1s' })
  await expect.poll(() => splunkd.gids().length).toBe(5)
  const { pid } = input.child
  const process = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8')).join()
  await input.stop()
  const folder = join(splunkd.checkpoints, workspace)
  mkdirSync(folder, { recursive: true })
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
  for (const text of [process, input.log(), ...files, ...splunkd.events().map(({ data }) => data)]) {
    expect(text).not.toContain(token)
    expect(text).not.toMatch(/session-[0-9a-f-]{36}/)
  }
})

test.skipIf(noSmallDisk)('a full disk under the position is said, and nothing is lost', async () => {
  const disk = await smallDisk()
  const { splunkd, params, events } = await inputScene(50, undefined, disk.path)
  const [path, ...args] = disk.inside
  const inside = { path, args: [...args, inputProgram.path, ...inputProgram.args] }
  const input = splunkd.start(inside, 'a', { ...params, trail: '1s' })
  await expect.poll(() => splunkd.gids().length).toBe(50)
  disk.fill()
  for (let number = 50; number < 80; number += 1) events.push(loginEvent(number))
  await expect.poll(() => input.log()).toMatch(/disk_full/)
  disk.free()
  for (let number = 80; number < 90; number += 1) events.push(loginEvent(number))
  await expect.poll(() => new Set(splunkd.gids())).toEqual(new Set(firstGids(90)))
  expect(await input.stop()).toBe(0)
})

test('the proxy of the page is used, with its password from the store, which is in no line of the log', async () => {
  const { splunkd, params } = await inputScene(5)
  await using proxy = await recordingProxy()
  const [host = '', port = ''] = proxy.host.split(':')
  splunkd.settings.proxy = {
    ...{ proxy_enabled: '1', proxy_type: 'http', proxy_url: host, proxy_port: port },
    proxy_username: 'splunk',
  }
  splunkd.settings.proxyPassword = 'proxy-secret'
  const input = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => splunkd.gids()).toEqual(firstGids(5))
  expect(proxy.credentials[0]).toBe(`Basic ${Buffer.from('splunk:proxy-secret').toString('base64')}`)
  await input.stop()
  expect(input.log()).not.toContain('proxy-secret')
})

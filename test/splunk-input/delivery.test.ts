import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommand } from '../support/commands/run-command.ts'
import { gidOf, loginEvent, workspace } from '../support/servers/asana-server.ts'
import { firstGids, inputProgram, inputScene } from '../support/splunkd/scene.ts'

// The modular input as splunkd runs it: a process under a stand-in for splunkd.

test('an input delivers each event with its time, host, source, sourcetype and index', async () => {
  const { splunkd, params } = await inputScene(250)
  splunkd.settings.indexes.set('asana', { disabled: false })
  const input = splunkd.start(inputProgram, 'production', { ...params, index: 'asana' })
  await expect.poll(() => splunkd.gids().length).toBe(250)
  expect(splunkd.gids()).toEqual(firstGids(250))
  expect(splunkd.events()[1]).toMatchObject({
    stanza: 'asana_audit://production',
    time: `${Date.UTC(2026, 0, 5) / 1000 + 1}.000`,
    host: 'heavy-forwarder',
    source: 'asana:audit_log_api',
    sourcetype: 'asana:audit',
    index: 'asana',
  })
  expect(JSON.parse(splunkd.events()[1]?.data ?? '')).toEqual(JSON.parse(loginEvent(1)))
  expect(await input.stop()).toBe(0)
  expect(input.stream.problem()).toBeUndefined()
  expect(input.stream.isClosed()).toBe(true)
})

test('host and sourcetype of the input take the place of ours, and filters and field policy are kept', async () => {
  const { splunkd, params, events } = await inputScene(0)
  events.push(loginEvent(1), loginEvent(2, { event_type: 'user_login_failed' }))
  const input = splunkd.start(inputProgram, 'a', {
    ...params,
    ...{ host: 'acme', sourcetype: 'asana:test', event_types: 'user_login_succeeded, user_login_failed' },
    ...{ drop_fields: 'context.user_agent', people: 'drop' },
  })
  await expect.poll(() => splunkd.gids()).toEqual([gidOf(1), gidOf(2)])
  const [first] = splunkd.events()
  expect(first).toMatchObject({ host: 'acme', sourcetype: 'asana:test', index: undefined })
  expect(first?.data).not.toMatch(/ada@example\.com|Ada Example|user_agent/)
  await input.stop()
})

test('texts that XML does not allow, and texts that look like the stream, come whole', async () => {
  const { splunkd, params, events } = await inputScene(0)
  const name = '</data><done/></event> ]]> \u0000\u0007\ufffe\uffff\ud800 "\\" \u2028 é'
  events.push(loginEvent(1, { details: { name } }), loginEvent(2))
  const input = splunkd.start(inputProgram, 'a', params)
  await expect.poll(() => splunkd.gids(), { message: input.log() }).toEqual([gidOf(1), gidOf(2)])
  expect(JSON.parse(splunkd.events()[0]?.data ?? '')).toMatchObject({ details: { name } })
  await input.stop()
  expect(input.stream.problem()).toBeUndefined()
})

test('an input with a new name goes on where the old one stopped', async () => {
  const { splunkd, params, events } = await inputScene(100)
  const brisk = { ...params, trail: '1s' }
  const old = splunkd.start(inputProgram, 'old', brisk)
  const position = ['state', 'show', '--json', '--state', join(splunkd.checkpoints, workspace, 'state.db')]
  await expect
    .poll(async () => (await runCommand(position)).stdout, { interval: 500 })
    .toContain('"delivered":100')
  await old.stop()
  for (let number = 100; number < 120; number += 1) events.push(loginEvent(number))
  const renamed = splunkd.start(inputProgram, 'new', brisk)
  await expect.poll(() => splunkd.gids()).toEqual(firstGids(120))
  expect(splunkd.events().at(-1)?.stanza).toBe('asana_audit://new')
  await renamed.stop()
})

test('state show, verify and quarantine work on the folder of a workspace', async () => {
  const { splunkd, params, events, asana } = await inputScene(0)
  const yesterday = Date.now() - 86_400_000
  for (let number = 0; number < 20; number += 1)
    events.push(loginEvent(number, { created_at: new Date(yesterday + number * 1_000).toISOString() }))
  events.push('{"gid":"no event"}')
  const input = splunkd.start(inputProgram, 'a', { ...params, trail: '1s' })
  const state = ['--state', join(splunkd.checkpoints, workspace, 'state.db')]
  await expect
    .poll(async () => (await runCommand(['state', 'show', '--json', ...state])).stdout, { interval: 500 })
    .toContain('"delivered":20')
  await input.stop()
  const pipeline = ['--name', 'splunk-input', '--to', 'stdout', '--since', '2d']
  const verified = await runCommand(['verify', ...pipeline, ...state, '--json'], { env: asana.env })
  expect(verified.code, verified.stdout + verified.stderr).toBe(0)
  const quarantine = await runCommand(['quarantine', 'list', '--json', ...state])
  expect(quarantine.stdout).toContain('not_an_event')
})

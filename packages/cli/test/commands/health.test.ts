import { existsSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { expect, test, vi } from 'vitest'
import { noSmallDisk, smallDisk } from '../../../../test/support/commands/full-disk.ts'
import { ask } from '../support/ask.ts'
import { runCommand } from '../support/run-command.ts'
import { running } from '../support/running.ts'
import { testPipeline } from '../support/test-pipeline.ts'

const asana = { events: 20 }

test('health is 0 while a process runs every pipeline, and 1 with the name of each that none runs', async () => {
  await using pipeline = await testPipeline(asana)
  const { env, file, command } = pipeline
  await command('run', '--once', '--name', 'acme')
  await command('run', '--once', '--name', 'beta')
  const stopped = await runCommand(['health'], env)
  expect(stopped).toMatchObject({ code: 1, stderr: '' })
  expect(stopped.stdout.split('\n').slice(0, 2)).toEqual([
    '✗ acme is not running. Start it: asana-audit run.',
    '✗ beta is not running. Start it: asana-audit run.',
  ])
  const state = sqliteState({ path: file('state.db') })
  await state.claim('acme')
  expect((await runCommand(['health'], env)).stdout).toBe(
    '✗ beta is not running. Start it: asana-audit run.\n',
  )
  await state.claim('beta')
  const running = await runCommand(['health'], env)
  expect(running).toEqual({ code: 0, stdout: 'Healthy: 2 pipelines are running.\n', stderr: '' })
  await state.close()
})

test('with --max-age a pipeline need not run, but must have saved its position lately', async () => {
  await using pipeline = await testPipeline(asana)
  const { env, command } = pipeline
  await command('run', '--once', '--name', 'acme')
  const fresh = await runCommand(['health', '--max-age', '1h'], env)
  expect(fresh).toEqual({
    code: 0,
    stdout: 'Healthy: one pipeline saved its position within 1 h.\n',
    stderr: '',
  })
  const old = await runCommand(['health', '--max-age', '0s', '--json'], env)
  expect(old.code).toBe(1)
  expect(JSON.parse(old.stdout)).toEqual({
    ...{ healthy: false, statePath: env['ASANA_AUDIT_STATE'] },
    problems: [{ code: 'not_saved', message: expect.stringContaining('acme last saved its position') }],
    pipelines: [
      {
        ...{ pipeline: 'acme', running: false, committedAt: expect.any(String) },
        problem: expect.objectContaining({ code: 'not_saved' }),
      },
    ],
  })
})

test('a position that was saved in the future, by a clock that was wrong, is no proof that the pipeline works', async () => {
  await using pipeline = await testPipeline(asana)
  const { env, command, file } = pipeline
  await command('run', '--once', '--name', 'acme')
  const database = new DatabaseSync(file('state.db'))
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
  database.prepare('UPDATE lane SET committed_at = ?').run(tomorrow)
  database.close()
  const { code, stdout } = await runCommand(['health', '--max-age', '30m'], env)
  expect(stdout).toContain(`acme last saved its position at ${tomorrow}, which is in the future`)
  expect(code).toBe(1)
})

test('a pipeline that has started and saved nothing has never saved', async () => {
  await using pipeline = await testPipeline(asana)
  const { env, file } = pipeline
  const state = sqliteState({ path: file('state.db') })
  await (await state.claim('acme')).start(0)
  const found = await runCommand(['health', '--max-age', '30m', '--json'], env)
  expect(JSON.parse(found.stdout).problems).toMatchObject([{ code: 'never_saved' }])
  expect((await runCommand(['health'], env)).code).toBe(0)
  await state.close()
})

test('of a pipeline that was started by mistake and saved nothing, it says how to count without it', async () => {
  await using pipeline = await testPipeline(asana)
  const { env, file } = pipeline
  const state = sqliteState({ path: file('state.db') })
  await (await state.claim('typo')).release()
  await state.close()
  for (const form of [[], ['--max-age', '30m']]) {
    const { code, stdout } = await runCommand(['health', ...form], env)
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^✗ typo .*by mistake, give --config FILE.* state forget/),
    ])
  }
})

test('with --config the pipelines of the file count, and no other', async () => {
  await using pipeline = await testPipeline(asana)
  const { env, file, command } = pipeline
  await command('run', '--once', '--name', 'removed')
  const config = file('run.yaml')
  const named = { name: 'acme', workspace: env['ASANA_WORKSPACE'], to: `file:${file('a.jsonl')}` }
  writeFileSync(config, JSON.stringify({ pipelines: [named] }))
  const found = await runCommand(['health', '--config', config], env)
  const hint = `✗ acme is not running. Start it: asana-audit run --config ${config}.\n`
  expect(found).toMatchObject({ code: 1, stdout: hint })
})

test('with --config no secret is needed: no command is run and no secret file is read', async () => {
  await using pipeline = await testPipeline(asana)
  const { env, file, command } = pipeline
  await command('run', '--once', '--name', 'acme')
  const touched = file('touched')
  const wanted = `const { writeFileSync } = require('node:fs'); writeFileSync(${JSON.stringify(touched)}, '')`
  const vault = [process.execPath, '-e', wanted]
  writeFileSync(
    file('run.yaml'),
    JSON.stringify({
      ...{ listen: '127.0.0.1:9464', listen_token_file: '/missing/listen-token' },
      alarm: { webhooks: [{ url_file: '/missing/url' }] },
      pipelines: [
        {
          ...{
            name: 'acme',
            workspace: env['ASANA_WORKSPACE'],
            token_exec: vault,
            ca_file: '/missing/ca.pem',
          },
          ...{ fields: { 'actor.email': 'hash' }, hash_key_file: '/missing/key' },
          to: { splunk_hec: { url: 'https://splunk.example.com:8088', token_exec: vault } },
        },
      ],
    }),
  )
  const found = await runCommand(['health', '--config', file('run.yaml'), '--max-age', '1h'], {
    ASANA_AUDIT_STATE: file('state.db'),
  })
  expect(found).toEqual({
    code: 0,
    stdout: 'Healthy: one pipeline saved its position within 1 h.\n',
    stderr: '',
  })
  expect(existsSync(touched)).toBe(false)
})

test('a state that cannot be used is not healthy, in words and in JSON', async () => {
  await using pipeline = await testPipeline(asana)
  const { env, file } = pipeline
  writeFileSync(file('state.db'), 'This is not a database, but a text that somebody put here by mistake.')
  const found = await runCommand(['health', '--json'], env)
  expect(found).toMatchObject({ code: 1, stderr: '' })
  expect(JSON.parse(found.stdout)).toMatchObject({ healthy: false, problems: [{ code: 'foreign_state' }] })
})

test('a state in which nothing was ever started is not healthy', async () => {
  await using pipeline = await testPipeline(asana)
  const { env, file } = pipeline
  await sqliteState({ path: file('state.db') }).close()
  const found = await runCommand(['health', '--json'], env)
  expect(found.code).toBe(1)
  expect(JSON.parse(found.stdout).problems).toMatchObject([{ code: 'never_started' }])
})

test('a wrong duration and a missing state are reported together, with exit status 2', async () => {
  await using pipeline = await testPipeline(asana)
  const { code, stdout, stderr } = await runCommand(['health', '--max-age', 'soon'], pipeline.env)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain('--max-age\n      Give a duration, for example 30m.')
  expect(stderr).toContain('There is no state at')
})

test.skipIf(noSmallDisk)(
  'on a full disk health and /readyz fail, though a running pipeline has nothing to save',
  async () => {
    await using pipeline = await testPipeline(asana)
    const disk = await smallDisk()
    const env = { ...pipeline.env, ASANA_AUDIT_STATE: `${disk.path}/state.db` }
    const { url } = await running([...pipeline.to, '--listen', '127.0.0.1:0'], env, disk.inside)
    const isReady = async (status: number): Promise<string> =>
      vi.waitFor(
        async () => {
          const { body, ...found } = await ask(`${url}readyz`)
          expect(found).toMatchObject({ status })
          return body
        },
        { timeout: 200_000 },
      )
    await isReady(200)
    await vi.waitFor(() => expect(pipeline.delivered()).toHaveLength(20), { timeout: 200_000 })
    expect(await runCommand(['health'], env, disk.inside)).toMatchObject({ code: 0, stderr: '' })
    disk.fill()
    const found = await runCommand(['health'], env, disk.inside)
    expect(found).toMatchObject({ code: 1, stderr: '' })
    expect(found.stdout).toMatch(/^✗ .* free .* Free some; nothing is lost\.\n$/)
    expect(await isReady(503)).toBe('not ready: positions cannot be saved (disk_full)\n')
    disk.free()
    await isReady(200)
    expect((await runCommand(['health'], env, disk.inside)).code).toBe(0)
  },
  120_000,
)

import { asanaCursorAt } from '@asana-audit/core/backlog'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { expect, test } from 'vitest'
import { type Ran, runCommand } from '../support/run-command.ts'
import { type TestPipeline, testPipeline } from '../support/test-pipeline.ts'

const asana = { events: 20 }

function forget({ env }: TestPipeline, ...args: string[]): Promise<Ran> {
  return runCommand(['state', 'forget', ...args], env)
}

async function namesIn({ env }: TestPipeline): Promise<string[]> {
  const { stdout } = await runCommand(['state', 'show', '--json'], env)
  return JSON.parse(stdout).lanes.map(({ pipeline }: { pipeline: string }) => pipeline)
}

/** A pipeline with two events in quarantine. */
async function withQuarantine({ file }: TestPipeline, name: string): Promise<void> {
  const state = sqliteState({ path: file('state.db') })
  const lane = await (await state.claim(name)).lane('live', 'f')
  const entry = { kind: 'rejected', code: 'bad_data', reason: 'no', event: {} } as const
  const quarantined = ['1', '2'].map((id) => ({ ...entry, id }))
  await lane.commit({ cursor: asanaCursorAt('2026-02-01T10:00:00Z'), delivered: [], quarantined })
  await state.close()
}

test('state forget says what it would delete, and deletes it only with --yes', async () => {
  await using pipeline = await testPipeline(asana)
  const { command, file } = pipeline
  for (const name of ['typo', 'acme']) await command('run', '--once', '--name', name)
  const before = await namesIn(pipeline)
  const asked = await forget(pipeline, 'typo')
  expect([asked.code, asked.stderr]).toEqual([0, ''])
  expect(asked.stdout).toContain(`typo, in ${file('state.db')}:`)
  expect(asked.stdout).toContain('the position of live, saved ')
  expect(asked.stdout).toContain('Nothing was deleted. To delete this, add --yes.')
  expect(await namesIn(pipeline)).toEqual(before)

  const done = await forget(pipeline, 'typo', '--yes')
  expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('✓ typo is forgotten.')])
  expect(await namesIn(pipeline)).toEqual(before.filter((name) => name !== 'typo'))
  // Nothing of it counts any more.
  expect((await runCommand(['health', '--json'], pipeline.env)).stdout).not.toContain('typo')
})

test('a pipeline that was forgotten begins anew', async () => {
  await using pipeline = await testPipeline(asana)
  const { command, delivered } = pipeline
  await command('run', '--once', '--name', 'acme')
  const before = delivered()
  await forget(pipeline, 'acme', '--yes')
  await command('run', '--once', '--name', 'acme')
  expect(delivered()).toEqual([...before, ...before])
})

test('a pipeline that saved nothing can be forgotten, and JSON says the same', async () => {
  await using pipeline = await testPipeline(asana)
  const state = sqliteState({ path: pipeline.file('state.db') })
  await (await state.claim('typo')).release()
  await state.close()
  const asked = JSON.parse((await forget(pipeline, 'typo', '--json')).stdout)
  const found = { statePath: pipeline.file('state.db'), pipeline: 'typo', lanes: [], quarantine: [] }
  expect(asked).toEqual({ ...found, forgotten: false })
  expect((await forget(pipeline, 'typo')).stdout).toContain('no position: it has saved none')
  const done = JSON.parse((await forget(pipeline, 'typo', '--yes', '--json')).stdout)
  expect(done).toEqual({ ...found, forgotten: true })
  expect(await namesIn(pipeline)).toEqual([])
})

test('a pipeline that runs is not forgotten', async () => {
  await using pipeline = await testPipeline(asana)
  const state = sqliteState({ path: pipeline.file('state.db') })
  const claim = await state.claim('acme')
  const { code, stdout, stderr } = await forget(pipeline, 'acme', '--yes')
  expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('Another process runs')])
  expect(await state.pipelines()).toHaveLength(1)
  await claim.release()
  await state.close()
})

test('events in quarantine are named, and are deleted only with --with-quarantine', async () => {
  await using pipeline = await testPipeline(asana)
  await withQuarantine(pipeline, 'acme')
  const asked = await forget(pipeline, 'acme')
  expect(asked.stdout).toContain('in quarantine: 2 rejected with the code bad_data')
  expect(asked.stdout).toContain('add --yes --with-quarantine.')
  const kept = await forget(pipeline, 'acme', '--yes')
  expect([kept.code, kept.stdout]).toEqual([2, ''])
  expect(kept.stderr).toContain('2 events of this pipeline are in quarantine and would be lost.')
  expect(kept.stderr).toContain('quarantine list --pipeline acme')
  expect(await namesIn(pipeline)).toEqual(['acme'])
  const done = await forget(pipeline, 'acme', '--yes', '--with-quarantine')
  expect([done.code, await namesIn(pipeline)]).toEqual([0, []])
  expect((await runCommand(['quarantine', 'list'], pipeline.env)).stdout).toContain('empty')
})

test('a name that the state does not hold is refused with those it holds, and is not made', async () => {
  await using pipeline = await testPipeline(asana)
  await withQuarantine(pipeline, 'acme')
  const { code, stderr } = await forget(pipeline, 'acmee', '--yes')
  expect([code, stderr]).toEqual([2, expect.stringContaining('Did you mean acme? It holds: acme.')])
  expect(await namesIn(pipeline)).toEqual(['acme'])
})

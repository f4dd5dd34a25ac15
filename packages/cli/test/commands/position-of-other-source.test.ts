import { writeFileSync } from 'node:fs'
import { asanaBackfillCursor } from '@asana-audit/core/backlog'
import { hourMs, hourOf, openEnd } from '@asana-audit/core/ledger'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { expect, test } from 'vitest'
import { overviewOf } from '../../src/alarm/drop-off-watch.ts'
import { runCommand } from '../support/run-command.ts'
import { testPipeline } from '../support/test-pipeline.ts'

const lanes = ['backfill', 'backlog', 'live'] as const
const end = '2026-01-01T00:00:00.000Z'
const newest = Date.now() - 86_400_000

/** Beside what is there: a pipeline of a program with its own source, whose positions only that source can read. */
async function addOther(path: string): Promise<void> {
  await using state = sqliteState({ path })
  await using claim = await state.claim('other')
  for (const name of lanes) {
    const lane = await claim.lane(name, 'f')
    await lane.commit({ cursor: 'page 7', delivered: [{ id: name, at: newest }], quarantined: [] })
  }
}

test('state show shows every pipeline where the position of one is of another source, and does not call it read', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  const { env, file, command } = pipeline
  await command('run', '--once')
  await addOther(file('state.db'))
  const inJson = await runCommand(['state', 'show', '--json'], env)
  expect(inJson).toMatchObject({ code: 0, stderr: '' })
  const rows: Record<string, unknown>[] = JSON.parse(inJson.stdout).lanes
  const others = rows.filter((row) => row['pipeline'] === 'other')
  expect(rows.length).toBeGreaterThan(others.length)
  expect(others.map(({ lane, delivered }) => [lane, delivered])).toEqual(lanes.map((lane) => [lane, 1]))
  for (const { deletedInMs, ...row } of others) {
    expect(row).not.toHaveProperty('backlogLeft')
    // By its newest event, 89 days before Asana deletes it.
    expect(Number(deletedInMs)).toBeGreaterThan(88 * 86_400_000)
    expect(Number(deletedInMs)).toBeLessThan(90 * 86_400_000)
  }
  const shown = await runCommand(['state', 'show'], env)
  expect(shown).toMatchObject({ code: 0, stderr: '' })
  const unknown = shown.stdout
    .replaceAll(/\s+/g, ' ')
    .matchAll(/left to read unknown: its position is of another source/g)
  expect([...unknown]).toHaveLength(2)
})

test('run with alarms delivers its own pipeline where the state has one of another source', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  const { simulator, env, file } = pipeline
  await addOther(file('state.db'))
  const own = { name: 'acme', workspace: simulator.workspace, to: { file: { path: file('own.jsonl') } } }
  const alarm = { webhooks: [{ shape: 'json', url: 'http://127.0.0.1:9' }] }
  writeFileSync(file('run.yaml'), JSON.stringify({ alarm, pipelines: [own] }))
  const { code, stderr } = await runCommand(
    ['run', '--once', '--config', file('run.yaml'), '--log', 'json'],
    env,
  )
  expect(stderr).not.toContain('foreign_cursor')
  expect(code).toBe(0)
})

test('state rewind moves back a pipeline whose position is of another source, and says what it could not know', async () => {
  await using pipeline = await testPipeline({ events: 300, days: 20 })
  const { env, file, command, delivered, simulator } = pipeline
  await addOther(file('state.db'))
  const rewound = async (to: string) => {
    const { code, stdout, stderr } = await runCommand(
      ['state', 'rewind', '--to', to, '--pipeline', 'other'],
      env,
    )
    return { code, text: `${stdout} ${stderr}`.replaceAll(/\s+/g, ' ') }
  }
  const later = await rewound('1h')
  expect(later).toEqual({
    code: 0,
    text: expect.stringContaining('nobody knows whether the events after it'),
  })
  expect(later.text).toContain(`continues from ${new Date(hourOf(newest - hourMs)).toISOString()}`)
  expect(later.text).toContain('The position before could not be read')
  // Now the position is ours.
  const earlier = await rewound('90d')
  expect(earlier).toEqual({ code: 0, text: expect.not.stringContaining('could not be read') })
  expect(await command('run', '--once', '--name', 'other')).toMatchObject({ code: 0 })
  expect(delivered()).toHaveLength(simulator.events.length)
})

test('backfill --resume says that nothing has begun where a backfill of the state is of another source', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  await addOther(pipeline.file('state.db'))
  for (const dry of [[], ['--dry-run']]) {
    const { code, stderr } = await pipeline.command('backfill', '--resume', '--log', 'human', ...dry)
    expect([code, stderr]).toEqual([2, expect.stringContaining('has begun. Nothing was sent.')])
    // It cannot be resumed with this command.
    expect(stderr).not.toContain('"other"')
  }
})

test('backfill --restart discards a backfill whose position is of another source', async () => {
  await using pipeline = await testPipeline({ events: 20 })
  const { file, command, delivered, simulator } = pipeline
  const path = file('state.db')
  await using state = sqliteState({ path })
  {
    await using claim = await state.claim('main')
    await claim.rewind('backfill', 'page 7', openEnd)
  }
  const { code, stderr } = await command('backfill', '--restart', '--name', 'main')
  expect([code, stderr]).toEqual([0, expect.anything()])
  expect(delivered()).toHaveLength(simulator.events.length)
})

test.each([
  ['is not judged where a backlog is of another source', 'page 7', undefined],
  ['is judged where a backlog is read to its end', asanaBackfillCursor(end, end), 5],
])('whether events stop %s', async (_, cursor, counted) => {
  const row = { pipeline: 'other', lane: 'backlog', cursor, delivered: 1, quarantined: 0 }
  const times = { newestAt: end, committedAt: end, readBy: undefined }
  const overview = await overviewOf({
    lanes: () => Promise.resolve([{ ...row, ...times }]),
    pipelines: () => Promise.resolve([{ pipeline: 'other', asked: [{ from: 5, until: openEnd }] }]),
  })
  expect(overview.countedFrom('other')).toBe(counted)
})

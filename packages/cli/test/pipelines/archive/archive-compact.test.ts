import { globSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { archiveSink, folderStore } from '@asana-audit/archive'
import { beforeEach, describe, expect, test } from 'vitest'
import { archiveScene } from '../../support/archive-scene.ts'
import { type Ran, runCommand } from '../../support/run-command.ts'

const { simulator, file, env } = archiveScene()

const compact = (...more: string[]): Promise<Ran> =>
  runCommand(['archive', 'compact', file('archive'), ...more], env())
const verify = (): Promise<Ran> => runCommand(['archive', 'verify', file('archive')], env())
const objects = (): string[] => globSync('event/*/*.jsonl.gz', { cwd: file('archive') }).toSorted()

// Small objects, as a tail writes them.
beforeEach(async () => {
  await using sink = archiveSink({ store: folderStore({ path: file('archive') }), lane: 'evidence' })
  const events = simulator().events as readonly { gid: string; created_at: string }[]
  for (let from = 0; from < events.length; from += 20)
    await sink.write(events.slice(from, from + 20), new AbortController().signal)
})

test('archive compact joins the objects of each closed day, and archive verify agrees', async () => {
  const before = objects()
  const dry = await compact('--dry-run')
  expect(dry.stdout).toContain('would become 1')
  expect(objects()).toEqual(before)
  const { code, stdout } = await compact()
  expect(stdout).toMatch(/^\d{4}-\d\d-\d\d, jsonl: \d+ objects became 1, with \d+ events\.$/m)
  expect(code).toBe(0)
  expect(objects().length).toBeLessThan(before.length)
  const verified = await verify()
  expect(verified.stdout).toContain('300 events in')
  expect(verified.code).toBe(0)
  expect((await compact()).stdout).toContain('There is nothing to join')
})

test('its JSON names what was joined and removed', async () => {
  const { stdout } = await compact('--json')
  const { days } = JSON.parse(stdout) as { days: { joined: { replaces: string[] }[]; removed: string[] }[] }
  for (const { joined, removed } of days) expect(joined.flatMap(({ replaces }) => replaces)).toEqual(removed)
})

test('it ends with 1 and names the object that is not as it was stored', async () => {
  // One that is to be joined with another of its day.
  const changed = objects().find((one, index, all) => dirname(one) === dirname(all[index + 1] ?? ''))!
  writeFileSync(join(file('archive'), changed), 'x')
  const { code, stderr } = await compact()
  expect(stderr).toContain(changed)
  expect(code).toBe(1)
})

describe('wrong settings', () => {
  test.each([
    [['--day', 'yesterday'], '--day'],
    [['--before', '2026-02-30'], '--before'],
    [['--signing-key-file', 'no.pem'], '--signing-key-file'],
  ])('are named: %j', async (words, setting) => {
    const { code, stderr } = await compact(...words)
    expect(code).toBe(2)
    expect(stderr).toContain(setting)
  })
})

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { asanaCursorAt, rewoundBacklog } from '@asana-audit/core/backlog'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'
import { type TestPipeline, testPipeline } from '../support/test-pipeline.ts'

const asana = { events: 120 }
const lines = (text: string): number => [...text.matchAll(/"log\.record\.uid"/g)].length

describe('state', () => {
  test('after a rewind the events from that time on are delivered again', async () => {
    await using pipeline = await testPipeline(asana)
    const { simulator, env, file, command } = pipeline
    await command('run', '--once')
    const from = simulator.events[100]?.created_at ?? ''
    const rewound = await runCommand(['state', 'rewind', '--to', from], env)
    expect(rewound).toMatchObject({ code: 0, stderr: '' })
    const hour = `${from.slice(0, 13)}:00:00.000Z`
    expect(rewound.stdout).toContain(hour)
    const before = lines(readFileSync(file('a.jsonl'), 'utf8'))
    await command('run', '--once')
    const again = simulator.events.filter((event) => event.created_at >= hour)
    expect(again.length).toBeGreaterThanOrEqual(20)
    expect(lines(readFileSync(file('a.jsonl'), 'utf8')) - before).toBe(again.length)
  })

  test('after a rewind, run accepts changed filters', async () => {
    await using pipeline = await testPipeline(asana)
    const { env, to, command } = pipeline
    await command('run', '--once')
    const filtered = ['run', '--once', ...to, '--event-type', 'user_login_failed']
    const refused = await runCommand(filtered, env)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('rewind')
    await runCommand(['state', 'rewind', '--to', '90d'], env)
    expect((await runCommand(filtered, env)).code).toBe(0)
  })

  test('rewind reports a wrong time and an unknown pipeline at once', async () => {
    await using pipeline = await testPipeline(asana)
    const { simulator, env, file, command } = pipeline
    await command('run', '--once')
    const { code, stderr } = await runCommand(['state', 'rewind', '--to', 'soon', '--pipeline', 'x'], env)
    expect(code).toBe(2)
    expect(stderr).toContain('--to')
    expect(stderr).toContain(`${simulator.workspace} ${file('a.jsonl')}`)
  })

  test('rewind counts pipelines that have saved nothing yet: it names them, and asks which one is meant', async () => {
    await using pipeline = await testPipeline(asana)
    const { env, file, command } = pipeline
    await command('run', '--once', '--name', 'acme')
    const state = sqliteState({ path: file('state.db') })
    await (await state.claim('typo')).release()
    const before = await state.lanes()
    for (const which of [[], ['--pipeline', 'nope']]) {
      const asked = await runCommand(['state', 'rewind', '--to', '7d', ...which], env)
      expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('It holds: acme, typo.')])
    }
    const none = await runCommand(['state', 'rewind', '--to', '7d', '--pipeline', 'typo'], env)
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('has saved no position yet')])
    expect(await state.lanes()).toEqual(before)
    await state.close()
    expect((await runCommand(['state', 'rewind', '--to', '7d', '--pipeline', 'acme'], env)).code).toBe(0)
  })

  test('while a pipeline runs, rewind and import are refused and export works', async () => {
    await using pipeline = await testPipeline(asana)
    const { simulator, env, file, command } = pipeline
    await command('run', '--once')
    const state = sqliteState({ path: file('state.db') })
    const claim = await state.claim(`${simulator.workspace} ${file('a.jsonl')}`)
    const rewind = await runCommand(['state', 'rewind', '--to', '1d'], env)
    expect(rewind).toMatchObject({ code: 1, stdout: '' })
    const exported = await runCommand(['state', 'export'], env)
    expect(exported.code).toBe(0)
    writeFileSync(file('export.jsonl'), exported.stdout)
    const imported = await runCommand(['state', 'import', file('export.jsonl')], env)
    expect(imported).toMatchObject({ code: 1, stdout: '' })
    await claim.release()
    await state.close()
  })

  test('import refuses an export that lost a line or has another value, and warns if an export cannot show that', async () => {
    await using pipeline = await testPipeline(asana)
    const { env, file, command } = pipeline
    await command('run', '--once')
    const whole = (await runCommand(['state', 'export'], env)).stdout
    const imported = async (text: string, name: string) => {
      writeFileSync(file('export.jsonl'), text)
      return runCommand(['state', 'import', file('export.jsonl'), '--state', file(name)], env)
    }
    const all = whole.trimEnd().split('\n')
    const lost = all.toSpliced(
      all.findIndex((line) => line.includes('"table":"known"')),
      1,
    )
    const refused = await imported(lost.join('\n'), 'lost.db')
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toMatch(/it has \d+ of \d+ rows of known/)
    const older = await imported(all.with(-1, '{"end":true}').join('\n'), 'older.db')
    expect(older.code).toBe(0)
    expect(older.stderr).toContain('did not count its lines')
    const changed = await imported(whole.replace(/"row":\["\w/, '"row":["x'), 'changed.db')
    expect(changed).toMatchObject({ code: 1, stdout: '' })
    expect(changed.stderr.replaceAll(/\s+/g, ' ')).toContain('something in its lines was changed since')
    const unsummed = await imported(whole.replace(/,"sha256":"\w+"/, ''), 'unsummed.db')
    expect(unsummed.code).toBe(0)
    expect(unsummed.stderr.replaceAll(/\s+/g, ' ')).toContain(
      'If a value was changed on the way, nobody can tell.',
    )
    expect(await imported(whole, 'whole.db')).toMatchObject({ code: 0, stderr: '' })
  })

  test('import takes an export that another program wrote anew: with line ends of Windows, and U+2028 as it is', async () => {
    await using pipeline = await testPipeline(asana)
    const { env, file } = pipeline
    const state = sqliteState({ path: file('other.db') })
    const claim = await state.claim('main')
    await (await claim.lane('live', 'f')).commit({ cursor: 'one\u2028two', delivered: [], quarantined: [] })
    const printed = await Array.fromAsync(state.export())
    await state.close()
    expect(printed.join()).toContain('one\u2028two')
    writeFileSync(file('export.jsonl'), printed.map((line) => `${line}\r\n`).join(''))
    const words = ['state', 'import', file('export.jsonl'), '--state', file('copy.db')]
    expect(await runCommand(words, env)).toMatchObject({ code: 0, stderr: '' })
    const copy = sqliteState({ path: file('copy.db') })
    expect(await copy.lanes()).toMatchObject([{ cursor: 'one\u2028two' }])
    await copy.close()
  })

  test('a pipeline resumes from an imported state without a repeat', async () => {
    await using pipeline = await testPipeline(asana)
    const { simulator, env, file, to, command } = pipeline
    await command('run', '--once')
    const exported = file('export.jsonl')
    writeFileSync(exported, (await runCommand(['state', 'export'], env)).stdout)
    const elsewhere = { ...env, ASANA_AUDIT_STATE: file('elsewhere.db') }
    expect((await runCommand(['state', 'import', exported], elsewhere)).code).toBe(0)
    simulator.grow(3)
    await runCommand(['run', '--once', ...to], elsewhere)
    expect(lines(readFileSync(file('a.jsonl'), 'utf8'))).toBe(123)
  })
})

describe('a missing state file', () => {
  const readingCommands = [
    ['state', 'show'],
    ['state', 'show', '--json'],
    ['state', 'export'],
    ['state', 'rewind', '--to', '1d'],
    ['quarantine', 'list'],
    ['quarantine', 'show', '1'],
    ['quarantine', 'replay', '--to', 'stdout'],
    ['verify', '--to', 'stdout'],
  ]
  test.for(readingCommands)('is reported by %s %s, and not created', async (command) => {
    await using pipeline = await testPipeline(asana)
    const { env, file } = pipeline
    const path = file('mistyped.db')
    const { code, stdout, stderr } = await runCommand([...command, '--state', path], env)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`--state\n      There is no state at ${path}.`)
    expect(existsSync(path)).toBe(false)
  })

  test('is reported by the setting that names it; a settings file that cannot be read does not make the command use another state', async () => {
    await using pipeline = await testPipeline(asana)
    const { env, file } = pipeline
    expect((await runCommand(['state', 'show'], env)).stderr).toContain('ASANA_AUDIT_STATE\n')
    const config = file('none.yaml')
    const unreadable = await runCommand(['state', 'show', '--config', config], env)
    expect(unreadable).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(config) })
    writeFileSync(config, `state: ${file('typo.db')}\npipelines: [{ to: otlp }]\n`)
    const { ASANA_AUDIT_STATE: _, ...rest } = env
    const named = await runCommand(['state', 'show', '--config', config], rest)
    expect(named.stderr).toContain(`${config}, line 1: state\n      There is no state at ${file('typo.db')}.`)
  })

  test('is reported together with every other problem', async () => {
    await using pipeline = await testPipeline(asana)
    const { env } = pipeline
    const { stderr } = await runCommand(['state', 'rewind', '--to', 'soon'], env)
    expect(stderr).toContain('2 problems')
    const replay = await runCommand(['quarantine', 'replay', '--to', 'kafka'], env)
    expect(replay.stderr).toContain('2 problems')
  })
})

test('a replay of a pipeline that the settings do not describe names the pipelines they do describe', async () => {
  await using pipeline = await testPipeline(asana)
  const { simulator, env, file, to, command } = pipeline
  await command('run', '--once')
  const { code, stderr } = await runCommand(['quarantine', 'replay', ...to, '--pipeline', 'typo'], env)
  expect(code).toBe(2)
  expect(stderr).toContain(`${simulator.workspace} ${file('a.jsonl')}`)
})

describe('a pipeline that was started and has not saved a position yet', () => {
  const show = async ({ env }: TestPipeline, ...flags: string[]): Promise<string> =>
    (await runCommand(['state', 'show', ...flags], env)).stdout
  const day = 86_400_000

  test('has a row in state show, so that an alarm can watch it', async () => {
    await using pipeline = await testPipeline(asana)
    const { simulator, env } = pipeline
    simulator.set({ refuseWith: 403 })
    const wanted = Date.now() - 30 * day
    const since = ['--since', new Date(wanted).toISOString(), '--name', 'never']
    expect((await runCommand(['run', '--once', '--to', 'stdout', ...since], env)).code).toBe(1)
    expect(await show(pipeline)).toMatch(
      /\nnever \(live\)\n {2}delivered {5}0 events\n[\s\S]*last saved {4}never: /,
    )
    const { lanes } = JSON.parse(await show(pipeline, '--json'))
    expect(lanes).toMatchObject([{ pipeline: 'never', lane: 'live', delivered: 0, committedAt: null }])
    // The events asked for are kept for another sixty days.
    expect(Math.abs(lanes[0].deletedInMs - (wanted + 90 * day - Date.now()))).toBeLessThan(day)
  })

  test('is shown with the events that Asana deleted in the meantime', async () => {
    await using pipeline = await testPipeline(asana)
    const { simulator, command } = pipeline
    simulator.set({ refuseWith: 403 })
    await command('run', '--once')
    expect(await show(pipeline)).toMatch(
      /retention {5}events before 20\S+ are deleted, and none has been read yet/,
    )
    expect(JSON.parse(await show(pipeline, '--json')).lanes).toMatchObject([{ deletedInMs: 0 }])
  })

  test('has no row if only a backfill of it was run', async () => {
    await using pipeline = await testPipeline(asana)
    const { simulator, env, to, command } = pipeline
    await runCommand(['backfill', '--since', '10d', ...to], env)
    const { lanes } = JSON.parse(await show(pipeline, '--json'))
    expect(lanes.map(({ lane }: { lane: string }) => lane)).toEqual(['backfill'])
    simulator.set({ refuseWith: 403 })
    await command('run', '--once')
    const after = JSON.parse(await show(pipeline, '--json')).lanes
    expect(after.map(({ lane }: { lane: string }) => lane)).toEqual(['backfill', 'live'])
  })
})

test('state show names no length of the settled window, because the state does not hold it', async () => {
  await using pipeline = await testPipeline(asana)
  const { env, file } = pipeline
  const state = sqliteState({ path: file('state.db') })
  const claim = await state.claim('main')
  const backlog = await claim.lane('backlog', 'f')
  const { cursor } = rewoundBacklog({}, Date.parse('2026-01-01T00:00:00Z'))
  const until = JSON.stringify({ ...JSON.parse(cursor), until: '2026-01-02T00:00:00Z' })
  await backlog.commit({ cursor: until, delivered: [], quarantined: [] })
  await claim.release()
  await state.close()
  const { stdout } = await runCommand(['state', 'show'], env)
  expect(stdout).toContain('settled window')
  expect(stdout).not.toMatch(/\b45\b[^.]*min|minutes/)
})

/** Refuses every request that holds one of `poison`, as a receiver does that cannot decode it. */
async function pickyReceiver(poison: Set<string>, received: string[]): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = gunzipSync(Buffer.concat(chunks)).toString()
    const gids = [...text.matchAll(/"log\.record\.uid","value":\{"stringValue":"(\d+)"/g)].map(
      ([, gid]) => gid ?? '',
    )
    const bad = gids.some((gid) => poison.has(gid))
    if (!bad) received.push(...gids)
    response.writeHead(bad ? 400 : 200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

test('replay sends the rejected events again, removes those that are accepted now, and keeps the others', async () => {
  await using pipeline = await testPipeline(asana)
  const { simulator, env } = pipeline
  const [first, second] = [simulator.events[10]?.gid ?? '', simulator.events[60]?.gid ?? '']
  const poison = new Set([first, second])
  const received: string[] = []
  const receiver = await pickyReceiver(poison, received)
  const otlp = {
    ...env,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  }
  try {
    expect((await runCommand(['run', '--once', '--to', 'otlp'], otlp)).code).toBe(3)
    expect(received).toHaveLength(118)
    poison.delete(first)
    const replayed = await runCommand(['quarantine', 'replay', '--to', 'otlp'], otlp)
    expect(replayed.code).toBe(3)
    expect(replayed.stdout).toContain('1 delivered and removed from the quarantine, 1 still in quarantine')
    expect(received.at(-1)).toBe(first)
    const left = await runCommand(['quarantine', 'list', '--json'], otlp)
    expect(
      left.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).toEqual([second])
    poison.delete(second)
    expect((await runCommand(['quarantine', 'replay', '--to', 'otlp'], otlp)).code).toBe(0)
    expect(new Set(received)).toEqual(new Set(simulator.events.map(({ gid }) => gid)))
    expect((await runCommand(['quarantine', 'list'], otlp)).stdout).toContain('empty')
  } finally {
    receiver.closeAllConnections()
    receiver.close()
  }
})

test('state show says which pipeline reads for another, and nothing if a pipeline reads for itself', async () => {
  await using pipeline = await testPipeline(asana)
  const { env, file } = pipeline
  const state = sqliteState({ path: file('state.db') })
  for (const [name, readBy] of [
    ['hec', 'otlp'],
    ['otlp', undefined],
  ] as const) {
    const claim = await state.claim(name)
    await (await claim.lane('live', '')).commit({
      cursor: asanaCursorAt('2026-07-01T00:00:00Z'),
      readBy,
      delivered: [],
      quarantined: [],
    })
    await claim.release()
  }
  await state.close()
  const { lanes } = JSON.parse((await runCommand(['state', 'show', '--json'], env)).stdout)
  expect(lanes.map((row: { pipeline: string; readBy?: string }) => [row.pipeline, row.readBy])).toEqual([
    ['hec', 'otlp'],
    ['otlp', undefined],
  ])
  const { stdout } = await runCommand(['state', 'show'], env)
  expect(stdout).toMatch(
    /\nhec \(live\)\n[\s\S]*\n {2}read by {7}otlp \(its request brought the last page\)\n/,
  )
  expect(stdout.match(/read by/g)).toHaveLength(1)
})

test('state show counts the quarantined events by pipeline, kind and code, the most frequent first', async () => {
  await using pipeline = await testPipeline(asana)
  const { env, file } = pipeline
  const state = sqliteState({ path: file('state.db') })
  for (const [pipeline, codes] of Object.entries({
    two: ['too_old'],
    one: ['bad_data', 'too_old', 'too_old'],
  })) {
    const claim = await state.claim(pipeline)
    const lane = await claim.lane('live', '')
    const quarantined = codes.map((code, index) => ({
      ...{
        kind: 'rejected' as const,
        id: String(index),
        code,
        reason: 'refused',
        event: { gid: String(index) },
      },
    }))
    await lane.commit({ cursor: asanaCursorAt('2026-07-01T00:00:00Z'), delivered: [], quarantined })
    await claim.release()
  }
  await state.close()
  const { stdout } = await runCommand(['state', 'show', '--json'], env)
  expect(JSON.parse(stdout).quarantine).toEqual([
    { pipeline: 'one', kind: 'rejected', code: 'too_old', entries: 2 },
    { pipeline: 'one', kind: 'rejected', code: 'bad_data', entries: 1 },
    { pipeline: 'two', kind: 'rejected', code: 'too_old', entries: 1 },
  ])
  const shown = (await runCommand(['state', 'show'], env)).stdout
  expect(shown).toContain(
    'In quarantine now\n  2 rejected with the code too_old, of one\n  1 rejected with the code bad_data, of one\n',
  )
})

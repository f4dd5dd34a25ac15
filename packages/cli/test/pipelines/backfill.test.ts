import { existsSync, writeFileSync } from 'node:fs'
import { asanaBackfillCursor } from '@asana-audit/core/backlog'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { describe, expect, test } from 'vitest'
import { interrupt } from '../support/interrupt.ts'
import { runCommand } from '../support/run-command.ts'
import { type TestPipeline, testPipeline } from '../support/test-pipeline.ts'

const hourMs = 3_600_000
const gids = ({ simulator }: TestPipeline, from = '', until = '9'): string[] =>
  simulator.events.filter(({ created_at: at }) => at >= from && at < until).map(({ gid }) => gid)

const hour = (time: string | undefined, more = 0): string =>
  new Date(Math.floor(Date.parse(time ?? '') / hourMs) * hourMs + more).toISOString()

describe('a time range', () => {
  test('is delivered once, in whole hours, so that the ledger still agrees with Asana', async () => {
    await using pipeline = await testPipeline({ events: 3_000, days: 20 })
    const { simulator, env, command, delivered } = pipeline
    await command('run', '--once')
    expect(delivered()).toHaveLength(3_000)
    const [since, until] = [simulator.events[800]?.created_at, simulator.events[1_900]?.created_at]
    const { code, stderr } = await command('backfill', '--since', since ?? '', '--until', until ?? '')
    expect(code, stderr).toBe(0)
    const wanted = gids(pipeline, hour(since), hour(until, hourMs))
    expect(wanted.length).toBeGreaterThan(1_100)
    expect(delivered().slice(3_000)).toEqual(wanted)
    const verified = await command('verify')
    expect(verified, verified.stdout).toMatchObject({ code: 0 })
    const rows = JSON.parse((await runCommand(['state', 'show', '--json'], env)).stdout).lanes
    expect(rows.find(({ lane }: { lane: string }) => lane === 'backfill')).toMatchObject({
      ...{ delivered: wanted.length, backlogLeft: null },
    })
    // It is finished, so another one begins.
    expect((await command('backfill', '--since', '1d')).code).toBe(0)
  })

  test('ends where run continues, so that nothing is delivered twice', async () => {
    await using pipeline = await testPipeline({ events: 300, days: 1 })
    const { simulator, command, delivered } = pipeline
    await command('run', '--once')
    simulator.grow(5)
    expect((await command('backfill', '--since', '2h')).code).toBe(0)
    const before = delivered()
    await command('run', '--once')
    expect(delivered().slice(before.length)).toEqual(gids(pipeline).slice(300))
    await command('run', '--once', '--until', '12h', '--name', 'half')
    const late = await command('backfill', '--since', '2h', '--name', 'half')
    expect(late.code).toBe(2)
    expect(late.stderr).toContain('--name')
  })
})

test('ends at the --until of a run, because the next run continues from there', async () => {
  await using pipeline = await testPipeline({ events: 500, days: 20 })
  const { simulator, command, delivered } = pipeline
  const middle = simulator.events[250]?.created_at ?? ''
  await command('run', '--once', '--until', middle)
  const before = delivered()
  expect((await command('backfill', '--since', '20d')).code).toBe(0)
  await command('run', '--once')
  const after = delivered().slice(before.length)
  const events = new Set(gids(pipeline, middle))
  expect(after.filter((gid) => events.has(gid))).toHaveLength(events.size)
})

describe('interrupted', () => {
  const since = ['backfill', '--since', '21d']

  async function interrupted(signal: NodeJS.Signals): Promise<TestPipeline> {
    const pipeline = await testPipeline({
      ...{ events: 3_000, days: 20, defaultLimit: 50 },
      onRequest: () => simulator.stats.requests === 20 && simulator.set({ latencyMs: 300_000 }),
    })
    const { simulator, env, to } = pipeline
    await interrupt(signal, 'backfill', [...since, ...to], env)
    simulator.set({ latencyMs: 0 })
    return pipeline
  }

  test('by SIGTERM, it asks for --resume or --restart, and --resume repeats nothing', async () => {
    await using pipeline = await interrupted('SIGTERM')
    const { env, command, delivered } = pipeline
    const before = delivered().length
    expect(before).toBeLessThan(3_000)
    const refused = await command(...since)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('--resume')
    expect(refused.stderr).toContain('--restart')
    const shown = (await runCommand(['state', 'show'], env)).stdout
    expect(shown).toMatch(/\(backfill\)[\s\S]*left to read {2}from 20.* to 20/)
    // What was not read yet is no difference.
    const verified = await command('verify')
    expect(verified, verified.stdout).toMatchObject({ code: 0 })
    expect((await command(...since, '--resume')).code).toBe(0)
    expect(delivered()).toEqual(gids(pipeline))
    // Up and Enter.
    expect((await command(...since, '--resume')).code).toBe(0)
    expect(delivered()).toEqual(gids(pipeline))
  })

  test('by SIGKILL, it can be restarted', async () => {
    await using pipeline = await interrupted('SIGKILL')
    const { command, delivered } = pipeline
    const before = delivered().length
    expect((await command(...since)).code).toBe(2)
    expect((await command(...since, '--restart')).code).toBe(0)
    expect(delivered().slice(before)).toEqual(gids(pipeline))
  })
})

describe('--resume without an interrupted backfill sends nothing, and says how to begin one:', () => {
  test('the last one is finished', async () => {
    await using pipeline = await testPipeline({ events: 300, days: 20 })
    const { command, delivered } = pipeline
    const ago = (days: number): string => new Date(Date.now() - days * 24 * hourMs).toISOString()
    const range = ['backfill', '--since', ago(10), '--until', ago(5)] as const
    await command(...range)
    const before = delivered()
    expect(before.length).toBeGreaterThan(0)
    const { code, stderr } = await command('backfill', '--resume', '--log', 'human')
    expect([code, stderr]).toEqual([0, expect.stringMatching(/Nothing to resume: .* is finished/)])
    expect(stderr).toContain('leave out --resume')
    expect(delivered()).toEqual(before)
    // Only a person who asks for it gets the events once more.
    expect((await command(...range)).code).toBe(0)
    expect(delivered()).toEqual([...before, ...before])
  })

  test('none has begun, also after a run and a rewind', async () => {
    await using pipeline = await testPipeline({ events: 300, days: 20 })
    const { simulator, env, command, delivered } = pipeline
    const first = await command('backfill', '--resume', '--log', 'human')
    expect([first.code, first.stderr]).toEqual([2, expect.stringMatching(/Nothing to resume: .* has begun/)])
    expect(first.stderr).toContain('--since and --until')
    expect([delivered(), simulator.stats.requests]).toEqual([[], 0])
    await command('run', '--once')
    await command('backfill', '--since', '10d', '--until', '5d')
    await runCommand(['state', 'rewind', '--to', '1d'], env)
    const before = delivered()
    expect((await command('backfill', '--resume')).code).toBe(2)
    expect(delivered()).toEqual(before)
  })

  test('the interrupted one is of another pipeline, which is named', async () => {
    await using pipeline = await testPipeline({ events: 300, days: 20 })
    const { file, command, delivered } = pipeline
    const state = sqliteState({ path: file('state.db') })
    const claim = await state.claim('other')
    await claim.rewind('backfill', asanaBackfillCursor(undefined, new Date().toISOString()), 0)
    await claim.release()
    await state.close()
    const { code, stderr } = await command('backfill', '--resume', '--name', 'mine')
    expect([code, stderr]).toEqual([2, expect.stringContaining('interrupted backfill of \\"other\\"')])
    expect(delivered()).toEqual([])
  })
})

test('a backfill refuses while the pipeline is running', async () => {
  await using pipeline = await testPipeline({ events: 10 })
  const { simulator, file, command, delivered } = pipeline
  const state = sqliteState({ path: file('state.db') })
  const claim = await state.claim(`${simulator.workspace} ${file('a.jsonl')}`)
  const { code, stderr } = await command('backfill')
  expect(code).toBe(1)
  expect(stderr).toContain('already')
  expect(delivered()).toEqual([])
  await claim.release()
  await state.close()
})

test('every problem of its flags is reported at once', async () => {
  await using pipeline = await testPipeline({ events: 0 })
  const { command } = pipeline
  const { code, stderr } = await command(
    ...['backfill', '--resume', '--restart', '--since', 'soon', '--until', 'never', '--give-up-after', '3'],
    ...['--log', 'loud', '--on-uncertain', 'guess'],
  )
  expect(code).toBe(2)
  for (const flag of ['--restart', '--since', '--until', '--give-up-after', '--log', '--on-uncertain']) {
    expect(stderr).toContain(`  ${flag}\n`)
  }
  expect(stderr).toContain('"3" has no unit. Give for example 3m.')
  const turned = await command('backfill', '--since', '2026-02-01', '--until', '2026-01-01')
  expect(turned.code).toBe(2)
  expect(turned.stderr).toContain('--until')
})

describe('a dry run', () => {
  const uniform = Array.from({ length: 12_000 }, (_, n) => ({
    gid: String(n),
    created_at: new Date(Date.now() - 30 * 24 * hourMs + n * 216_000).toISOString(),
    event_type: 'user_login_succeeded',
  }))

  test.for([
    ['evenly', uniform],
    ['in office hours', 12_000],
  ] as const)('estimates the events that happen %s, and delivers nothing', async ([, events]) => {
    await using pipeline = await testPipeline({ events, days: 30, defaultLimit: 100 })
    const { file, simulator, command } = pipeline
    const { stdout, code } = await command('backfill', '--since', '30d', '--dry-run', '--json')
    expect(code).toBe(0)
    const plan = JSON.parse(stdout)
    expect(plan.samples).toBe(24)
    expect(simulator.stats.requests).toBeLessThanOrEqual(25)
    expect(plan.events).toBeGreaterThan(6_000)
    expect(plan.events).toBeLessThan(24_000)
    expect(plan.requests).toBeGreaterThan(plan.events / 100)
    expect(existsSync(file('a.jsonl'))).toBe(false)
    expect(existsSync(file('state.db'))).toBe(false)
  })

  test('prints lines that fit a terminal', async () => {
    await using pipeline = await testPipeline({ events: 500 })
    const { command } = pipeline
    const { stdout } = await command('backfill', '--since', '60d', '--dry-run', '--name', 'main')
    expect(stdout).toMatch(/events {4}about [\d,]+/)
    expect(stdout).toContain('Nothing was delivered.')
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('shows the whole hours that would be read, and ends where run continues', async () => {
    await using pipeline = await testPipeline({ events: 500, days: 20 })
    const { simulator, command } = pipeline
    const day = new Date(Date.now() - 20 * 24 * hourMs).toISOString().slice(0, 10)
    const [since, until] = [`${day}T03:04:05Z`, `${day}T05:06:07Z`]
    const between = await command('backfill', '--since', since, '--until', until, '--dry-run')
    expect(between.stdout).toContain(`${day}T03:00:00.000Z to ${day}T06:00:00.000Z\n`)

    await command('run', '--once')
    const newest = simulator.events.at(-1)?.created_at ?? ''
    simulator.grow(5)
    const { stdout } = await command('backfill', '--since', '20d', '--dry-run', '--json')
    expect(JSON.parse(stdout).until).toBe(new Date(Date.parse(newest) + 1).toISOString())
    await command('run', '--once', '--until', '10d', '--name', 'half')
    const rest = await command('backfill', '--since', '5d', '--name', 'half', '--dry-run')
    expect(rest).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('nothing after that') })
  })

  test("of a range older than Asana's 90 days says what is deleted, and estimates the rest", async () => {
    await using pipeline = await testPipeline({ events: 2_000, days: 30 })
    const { command } = pipeline
    const { stdout } = await command('backfill', '--since', '2020-01-01', '--dry-run', '--log', 'json')
    const { since, deletedBefore, events } = JSON.parse(stdout)
    expect([deletedBefore, Date.now() - Date.parse(since) < 91 * 24 * hourMs]).toEqual([since, true])
    expect(events).toBeGreaterThan(1_000)
    expect((await command('backfill', '--since', '2020-01-01', '--dry-run')).stdout).toContain(
      'Asana keeps events for 90 days',
    )
  })

  test('and the backfill itself say if the range is deleted, all of it or a part', async () => {
    await using pipeline = await testPipeline({ events: 200, days: 30 })
    const { command, delivered } = pipeline
    const old = ['--since', '2020-01-01', '--until', '2020-02-01']
    for (const flags of [[...old, '--dry-run'], old]) {
      const { code, stderr } = await command('backfill', ...flags, '--log', 'human')
      expect([code, stderr]).toEqual([2, expect.stringContaining('everything before 2020-02-01T00:00:00Z')])
    }
    const part = await command('backfill', '--since', '2020-01-01')
    expect([part.code, part.stderr]).toEqual([0, expect.stringContaining('"message":"deleted_by_asana"')])
    expect(delivered()).toHaveLength(200)
  })

  test('of several pipelines estimates what it can, and reports the problems of the others', async () => {
    await using pipeline = await testPipeline({ events: 500 })
    const { simulator, env, file } = pipeline
    const config = file('two.yaml')
    const to = `to: { file: { path: ${file('a.jsonl')} } }`
    const pipelines = [
      `{ name: gone, workspace: "1", base_url: "http://127.0.0.1:1", since: 60d, to: stdout }`,
      `{ name: here, workspace: "${simulator.workspace}", since: 60d, ${to} }`,
    ]
    writeFileSync(config, `pipelines: [${pipelines.join(', ')}]`)
    const args = ['backfill', '--config', config, '--dry-run', '--give-up-after', '1s']
    const { code, stdout, stderr } = await runCommand(args, env)
    expect(code).toBe(1)
    expect(stderr).toContain('✗ gone: ')
    expect(stdout).toMatch(/^here: /)
  })

  test('of pipelines that read the same workspace asks once for the same pages', async () => {
    await using pipeline = await testPipeline({ events: 500 })
    const { simulator, env, file } = pipeline
    const estimate = async (...more: string[]): Promise<{ requests: number; events: number[] }> => {
      const config = file('shared.yaml')
      const of = (name: string): string =>
        `{ name: ${name}, workspace: "${simulator.workspace}", since: 60d, to: { file: { path: ${file(name)} } } }`
      writeFileSync(config, `pipelines: [${['first', ...more].map(of).join(', ')}]`)
      const before = simulator.stats.requests
      const { stdout } = await runCommand(['backfill', '--config', config, '--dry-run', '--log', 'json'], env)
      const events = stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { events: number }).events)
      return { requests: simulator.stats.requests - before, events }
    }
    const alone = await estimate()
    const three = await estimate('second', 'third')
    expect(three.requests).toBe(alone.requests)
    const [one] = three.events
    expect(three.events).toEqual([one, one, one])
  })

  test('retries a temporary fault, and gives up if nothing answers', async () => {
    await using pipeline = await testPipeline({
      events: 500,
      faults: { rate: 0.4, seed: 7, kinds: [503], attempts: 1 },
    })
    const { simulator, env, command } = pipeline
    const { stdout, code } = await command('backfill', '--since', '60d', '--dry-run')
    expect(simulator.stats.byStatus['503']).toBeGreaterThan(0)
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing was delivered.')])
    env['ASANA_BASE_URL'] = 'http://127.0.0.1:1'
    const gone = await command('backfill', '--since', '60d', '--dry-run', '--give-up-after', '1s')
    expect(gone).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Gave up') })
  })
})

import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { hourMs, hourOf } from '@asana-audit/core/ledger'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { describe, expect, test } from 'vitest'
import { event } from '../../support/archive.ts'
import { startStore } from '../../support/otlp-store.ts'
import { runCommand } from '../../support/run-command.ts'
import { type TestPipeline, testPipeline } from '../../support/test-pipeline.ts'

const asana = { events: 2_000, days: 20 }

interface Hour {
  hour: string
  source: number
  delivered: number
  quarantined: number
  same: boolean
  content: string
}

async function verified(
  { command }: TestPipeline,
  ...args: string[]
): Promise<{ code: number | null; hours: Hour[] }> {
  const { code, stdout } = await command('verify', '--json', ...args)
  return { code, hours: JSON.parse(stdout)[0].hours }
}

test('the delivered events are the same as those Asana has, hour by hour', async () => {
  await using pipeline = await testPipeline(asana)
  const { command } = pipeline
  await command('run', '--once')
  const { code, hours } = await verified(pipeline)
  expect(code).toBe(0)
  const events = hours.reduce((sum, { source }) => sum + source, 0)
  expect(events).toBeGreaterThan(1_900)
  expect(events).toBe(hours.reduce((sum, { delivered }) => sum + delivered, 0))
  const { stdout } = await command('verify')
  const said = stdout.replaceAll(/\s+/g, ' ')
  expect(said).toMatch(
    /^✓ .*: Asana shows [\d,]+ events now, and by our ledger the destination accepted exactly these, in/,
  )
  expect(said).toContain('Not compared: what the destination kept of what it accepted; before ')
  expect(said).toMatch(/from \S+ on, where late events may still appear\. $/)
})

test('an event that arrived too late to be read is a difference, and a repair delivers its hour again', async () => {
  await using pipeline = await testPipeline(asana)
  const { simulator, env, file, command } = pipeline
  await command('run', '--once')
  const [old] = simulator.events.slice(900, 901)
  simulator.add([{ ...old, gid: '4242' }])
  const difference = await command('verify')
  expect(difference.code).toBe(1)
  expect(difference.stdout).toContain('1 missing')
  expect(readFileSync(file('a.jsonl'), 'utf8')).not.toContain('"4242"')
  const repaired = await command('verify', '--repair')
  expect(repaired).toMatchObject({ code: 0 })
  expect(repaired.stderr).toMatch(/delivering one hour again with all its events; \d+ events? arrives? twice/)
  expect(readFileSync(file('a.jsonl'), 'utf8')).toContain('"4242"')
  expect((await verified(pipeline)).code).toBe(0)
  const rows = JSON.parse((await runCommand(['state', 'show', '--json'], env)).stdout).lanes
  expect(rows.map(({ lane }: { lane: string }) => lane)).toEqual(['live'])
})

test('an event that Asana rewrote after delivery is a difference of its hour, and a repair delivers that again', async () => {
  await using pipeline = await testPipeline(asana)
  const { simulator, file, command } = pipeline
  await command('run', '--once')
  const old = simulator.events[900]!
  expect((await verified(pipeline)).hours.every(({ content }) => content === 'same')).toBe(true)
  Object.assign(old, { details: { rewritten: 'by Asana' } })
  const difference = await command('verify')
  expect(difference.code).toBe(1)
  expect(difference.stdout).toContain('✗')
  expect(difference.stdout.replaceAll(/\s+/g, ' ')).toContain('Asana has rewritten one or more of them since')
  const { hours } = await verified(pipeline)
  const hour = new Date(hourOf(Date.parse(old.created_at))).toISOString()
  expect(hours.filter(({ content }) => content !== 'same')).toMatchObject([
    { hour, same: true, content: 'rewritten' },
  ])
  expect((await command('verify', '--repair')).code).toBe(0)
  expect(readFileSync(file('a.jsonl'), 'utf8')).toContain('by Asana')
  expect((await verified(pipeline)).hours.every(({ content }) => content === 'same')).toBe(true)
})

test('hours whose contents were recorded after another field policy, or not at all, are named and are no difference', async () => {
  await using pipeline = await testPipeline(asana)
  const { simulator, file, env } = pipeline
  const verify = async (more = '') => {
    const yaml = `pipelines: [{ name: main, workspace: "${simulator.workspace}", ${more} to: "file:${file('a.jsonl')}" }]`
    writeFileSync(file('p.yaml'), yaml)
    const { code, stdout } = await runCommand(['verify', '--config', file('p.yaml')], env)
    return { code, said: stdout.replaceAll(/\s+/g, ' ') }
  }
  await verify()
  await runCommand(['run', '--once', '--config', file('p.yaml')], env)
  const other = await verify('people: drop,')
  expect(other.said).toMatch(/what the events of \d+ hours hold, as the field policy was changed since/)
  expect(other.code).toBe(0)
  const database = new DatabaseSync(file('state.db'))
  database.exec('UPDATE ledger SET content = NULL, content_form = NULL')
  database.close()
  const before = await verify()
  expect(before.said).toMatch(/what the events of \d+ hours hold, which was not recorded/)
  expect(before.code).toBe(0)
})

test('a comparison and a repair each say that the second token is in use', async () => {
  await using pipeline = await testPipeline(asana)
  const { simulator, env, to, command } = pipeline
  await command('run', '--once')
  const [old] = simulator.events.slice(900, 901)
  simulator.add([{ ...old, gid: '4242' }])
  const rotated = { ...env, ASANA_TOKEN: 'refused-token', ASANA_SECOND_TOKEN: 'simulator-token' }
  const said = async (...args: string[]): Promise<number> => {
    const { stderr } = await runCommand([...args, ...to], rotated)
    return (
      stderr.replaceAll(/\s+/g, ' ').split('the second one, from the variable ASANA_SECOND_TOKEN, is in use')
        .length - 1
    )
  }
  expect(await said('verify')).toBe(1)
  // It compares, repairs, and compares again.
  expect(await said('verify', '--repair')).toBe(3)
})

test('only the window is compared, and what cannot be decided is named', async () => {
  await using pipeline = await testPipeline(asana)
  const { simulator, command } = pipeline
  await command('run', '--once')
  const all = (await verified(pipeline)).hours
  const since = simulator.events[1_000]?.created_at ?? ''
  const { hours } = await verified(pipeline, '--since', since)
  expect(hours.length).toBeLessThan(all.length)
  expect(hours.length).toBeGreaterThan(0)
  const [first] = all
  // Everything was asked for, so hours in which nothing happened are compared as well.
  expect((await verified(pipeline, '--since', '60d')).hours[0]).toEqual(first)
})

test('events in quarantine count as accounted for, and are named', async () => {
  await using pipeline = await testPipeline(asana)
  const { simulator, command } = pipeline
  const [some] = simulator.events.slice(500, 501)
  const { actor: _, ...noActor } = { ...some, gid: '777' }
  simulator.add([noActor])
  expect((await command('run', '--once')).code).toBe(3)
  const { stdout, code } = await command('verify')
  expect(code).toBe(0)
  expect(stdout).toContain('1 of them is in quarantine')
})

test('a pipeline that cannot be compared does not stop the comparison of the others', async () => {
  await using pipeline = await testPipeline(asana)
  const { simulator, env, file } = pipeline
  const config = file('two.yaml')
  const workspace = `workspace: "${simulator.workspace}"`
  const pipelines = (baseUrl: string): string =>
    `pipelines:
      - { name: first, ${workspace}, base_url: "${baseUrl}", to: { file: { path: ${file('1.jsonl')} } } }
      - { name: second, ${workspace}, base_url: "${simulator.url}", to: { file: { path: ${file('2.jsonl')} } } }`
  writeFileSync(config, pipelines(simulator.url))
  expect((await runCommand(['run', '--once', '--config', config], env)).code).toBe(0)
  writeFileSync(config, pipelines(`${simulator.url}/elsewhere`))
  const { code, stdout, stderr } = await runCommand(['verify', '--config', config], env)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^✗ first: /)
  expect(stdout).toMatch(/^✓ second: /)
})

test('destinations of one workspace are compared for the requests of one, each with what it accepted', async () => {
  await using pipeline = await testPipeline(asana)
  const { simulator, env, file } = pipeline
  const config = (...names: string[]): string => {
    const pipelines = names.map(
      (name) =>
        `- { name: ${name}, workspace: "${simulator.workspace}", to: { file: { path: ${file(`${name}.jsonl`)} } } }`,
    )
    writeFileSync(file('config.yaml'), `pipelines:\n  ${pipelines.join('\n  ')}`)
    return file('config.yaml')
  }
  const requestsOf = async (...args: string[]): Promise<number> => {
    const before = simulator.stats.requests
    expect((await runCommand(args, env)).code).toBe(0)
    return simulator.stats.requests - before
  }
  await requestsOf('run', '--once', '--config', config('first', 'second', 'third'))
  const three = await requestsOf('verify', '--config', config('first', 'second', 'third'))
  // How many windows a pipeline reads in depends on the machine.
  expect(three).toBeLessThan(2 * (await requestsOf('verify', '--config', config('first'))))

  const state = sqliteState({ path: file('state.db') })
  const claim = await state.claim('second')
  const { hour } = (await state.ledger('second', 0, Number.MAX_SAFE_INTEGER))[100]!
  await claim.reopen(hour, hour + hourMs)
  await claim.release()
  await state.close()
  const { code, stdout, stderr } = await runCommand(
    ['verify', '--repair', '--config', config('first', 'second', 'third')],
    env,
  )
  expect([code, stderr, stdout.match(/^✓/gm)]).toEqual([
    0,
    expect.stringMatching(/^second: delivering one hour again with all its events; /),
    ['✓', '✓', '✓'],
  ])
})

test('before anything was delivered, nothing is compared and nothing is reported as the same', async () => {
  await using pipeline = await testPipeline(asana)
  const { file, command } = pipeline
  const state = sqliteState({ path: file('state.db') })
  const { code, stdout } = await command('verify')
  expect(code).toBe(1)
  expect(stdout).toMatch(/^! .*: nothing was compared: nothing has been delivered yet\.\n$/)
  const claim = await state.claim('another')
  await claim.rewind('live', '{}', 0)
  await claim.release()
  await state.close()
  expect((await command('verify', '--name', 'typo')).stdout).toContain(
    'the state holds "another", which --name names',
  )
})

test('after a rewind it says that nothing was delivered since, and so does explain', async () => {
  await using pipeline = await testPipeline(asana)
  const { simulator, env, command } = pipeline
  await command('run', '--once')
  for (const to of ['100d', '1d']) await runCommand(['state', 'rewind', '--to', to], env)
  const { code, stdout } = await command('verify', '--json')
  const [{ result, notCompared }] = JSON.parse(stdout)
  expect([code, result, notCompared[1].code]).toEqual([1, 'nothing_compared', 'nothing_since_rewind'])
  const day = Math.floor((Date.now() - Date.parse(notCompared[1].from)) / (24 * hourMs))
  expect(day).toBe(100)
  const said = 'nothing has been delivered since `state rewind`'
  expect((await command('verify')).stdout.replaceAll(/\s+/g, ' ')).toContain(said)
  const explained = await command('explain', simulator.events[900]!.gid, '--since', '30d')
  expect(explained.stdout.replaceAll(/\s+/g, ' ')).toContain(said)
  await command('run', '--once')
  expect((await verified(pipeline)).code).toBe(0)
})

test('after a rewind with other filters, the time since then is the same, and earlier hours have what the old filters let through', async () => {
  await using pipeline = await testPipeline({ events: 500, days: 10 })
  const { simulator, env, command } = pipeline
  await command('run', '--once', '--name', 'main')
  const since = new Date(hourOf(Date.now() - 5 * 24 * hourMs)).toISOString()
  const recent = simulator.events.filter(({ created_at: at }) => at >= since)
  const byType = [...Map.groupBy(recent, ({ event_type: type }) => type)]
  const [mostFrequent = ''] = byType.toSorted(([, a], [, b]) => b.length - a.length)[0] ?? []
  const only = ['--name', 'main', '--event-type', mostFrequent] as const
  const rewound = await runCommand(['state', 'rewind', '--pipeline', 'main', '--to', since], env)
  expect(rewound, rewound.stderr).toMatchObject({ code: 0 })
  expect((await command('run', '--once', ...only)).code).toBe(0)
  expect((await verified(pipeline, ...only)).code).toBe(1)
  const after = await verified(pipeline, ...only, '--since', since)
  expect(after.code).toBe(0)
  expect(after.hours.length).toBeGreaterThan(0)
})

test('if a receiver refused a part without saying which, they may be missing until a person has looked', async () => {
  await using pipeline = await testPipeline({ events: 40, days: 20 })
  const { env } = pipeline
  const store = await startStore('/v1/logs', {}, 200, 1)
  const settings = { ...env, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: store.url }
  const otlp = (...args: string[]) => runCommand([...args, '--to', 'otlp'], settings)
  expect((await otlp('run', '--once')).code).toBe(3)
  const { code, stdout } = await otlp('verify')
  expect([code, stdout.replaceAll(/\s+/g, ' ')]).toEqual([
    1,
    expect.stringMatching(/^! .* uncertain, in .*uncertain events may be missing: .*quarantine list/),
  ])
  expect(JSON.parse((await otlp('verify', '--json')).stdout)).toMatchObject([{ result: 'uncertain' }])
  const numbers = Array.from({ length: 40 }, (_, at) => String(at + 1))
  await runCommand(['quarantine', 'discard', ...numbers], env)
  expect((await otlp('verify')).code).toBe(0)
})

describe('with events at known times', () => {
  const noon = hourOf(Date.now() - 3 * 24 * hourMs)
  const at = (minutes: number, gid = `at ${minutes}`) =>
    event(gid, { created_at: new Date(noon + minutes * 60_000).toISOString() })
  const minutes = (count: number): string => new Date(noon + count * 60_000).toISOString()

  const eventsAt = (...times: readonly number[]): Promise<TestPipeline> =>
    testPipeline({ events: times.map((minutes) => at(minutes)) })

  /** The same pipeline with a window in which the last day is not decided. */
  function lateByDays(pipeline: TestPipeline): TestPipeline {
    const { simulator, env, file } = pipeline
    const { workspace } = simulator
    const main = { name: 'main', workspace, settled_window: '1d', to: { file: { path: file('a.jsonl') } } }
    writeFileSync(file('main.yaml'), JSON.stringify({ pipelines: [main] }))
    return { ...pipeline, command: (...args) => runCommand([...args, '--config', file('main.yaml')], env) }
  }
  /** Half a day ago. */
  const lateAt = 60 * 60

  test('the last hours, in which late events may still appear, are not decided', async () => {
    await using pipeline = await eventsAt(-300, -200, -100, -50, lateAt + 10)
    const { simulator } = pipeline
    const late = lateByDays(pipeline)
    await late.command('run', '--once')
    simulator.add([at(lateAt, 'late')])
    const { code, hours } = await verified(late)
    expect([code, hours.map(({ hour }) => (Date.parse(hour) - noon) / hourMs)]).toEqual([0, [-5, -4, -2, -1]])
    simulator.add([at(-61, 'later')])
    const after = await verified(late)
    expect([after.code, after.hours.map(({ same }) => same)]).toEqual([1, [true, true, false, true]])
  })

  test('of a quiet tenant, a loss after its newest event is found, and before that all hours are the same', async () => {
    await using pipeline = await eventsAt(-300, 10)
    const { simulator, command } = pipeline
    await command('run', '--once')
    const { code, hours } = await verified(pipeline)
    expect([code, hours.map(({ delivered }) => delivered)]).toEqual([0, [1, 1]])
    simulator.add([at(lateAt, 'lost')])
    const after = await verified(pipeline)
    expect([after.code, after.hours.map(({ same }) => same)]).toEqual([1, [true, true, false]])
  })

  test('an empty log that was read to its end is the same, also after a rewind', async () => {
    await using pipeline = await eventsAt()
    const { simulator, env, command } = pipeline
    await command('run', '--once', '--name', 'main')
    const empty = await command('verify', '--name', 'main')
    expect([empty.code, empty.stdout]).toEqual([
      0,
      expect.stringMatching(/^✓ main: Asana shows 0 events now/),
    ])
    await runCommand(['state', 'rewind', '--to', '10d'], env)
    const rewound = await command('verify', '--name', 'main')
    expect([rewound.code, rewound.stdout]).toEqual([1, expect.stringContaining('nothing was compared')])
    await command('run', '--once', '--name', 'main')
    expect((await command('verify', '--name', 'main')).code).toBe(0)
    simulator.add([at(10, 'lost')])
    expect((await command('verify', '--name', 'main')).stdout).toContain('1 missing')
  })

  test('the progress of another pipeline in the state has no influence', async () => {
    await using pipeline = await eventsAt(-300, -200, -100, 10)
    const { simulator, file } = pipeline
    const late = lateByDays(pipeline)
    await late.command('run', '--once')
    const state = sqliteState({ path: file('state.db') })
    const claim = await state.claim('another')
    await claim.start(noon)
    const lane = await claim.lane('live', 'of another')
    const delivered = [{ id: 'of another', at: noon + 100 * hourMs }]
    await lane.commit({ cursor: '{}', delivered, quarantined: [] })
    await claim.release()
    await state.close()
    simulator.add([at(lateAt, 'late')])
    const { code, hours } = await verified(late)
    expect([code, hours.map(({ hour }) => (Date.parse(hour) - noon) / hourMs)]).toEqual([0, [-5, -4, -2, 0]])
  })

  test('time that nobody asked for is not missing, and is named', async () => {
    await using pipeline = await eventsAt(-600, -500, -400, -300, -200, -90, 10, 70)
    const { simulator, command } = pipeline
    await command('run', '--once', '--since', minutes(-180))
    await command('backfill', '--since', minutes(-600), '--until', minutes(-480))
    const { code, stdout } = await command('verify')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^✓ .*: Asana shows 5 events now/)])
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      `from ${minutes(-480).slice(0, 13)}:00:00Z to ${minutes(-180).slice(0, 13)}:00:00Z, which no run and no backfill was asked for`,
    )
    simulator.add([at(-90.5, 'missing')])
    expect((await command('verify')).stdout).toContain('1 missing')
  })

  test('after only a backfill, its whole range is compared and shown', async () => {
    await using pipeline = await eventsAt(-600, -500, -400, -300, -200, 10)
    const { env, command } = pipeline
    await command('backfill', '--since', minutes(-600), '--until', minutes(-300))
    const { code, hours } = await verified(pipeline)
    expect([code, hours.map(({ delivered }) => delivered)]).toEqual([0, [1, 1, 1]])
    const shown = (await runCommand(['state', 'show'], env)).stdout
    expect(shown).toMatch(/\(backfill\)\n {2}delivered {5}3 events/)
    expect(shown).not.toContain('(live)')
    // A run counts anew what it delivers once more.
    await command('run', '--once')
    const after = await verified(pipeline)
    expect([after.code, after.hours.map(({ delivered }) => delivered)]).toEqual([0, [1, 1, 1, 1, 1, 1]])
  })

  test('the JSON says what was compared with what, and what was not', async () => {
    await using pipeline = await eventsAt(-300, -200, 10)
    const { command } = pipeline
    await command('run', '--once', '--since', minutes(-240))
    const [found] = JSON.parse((await command('verify', '--json', '--since', minutes(-360))).stdout)
    const until = found.compared[0].until
    expect(found).toMatchObject({
      result: 'same',
      between: 'what Asana shows now, and what the destination accepted by the ledger of the state',
      compared: [{ from: minutes(-240), until: expect.any(String) }],
      notCompared: [
        { code: 'kept_by_destination' },
        { code: 'not_asked_for', from: minutes(-360), until: minutes(-240) },
        { code: 'late_events_may_come', from: until },
      ],
    })
  })
})

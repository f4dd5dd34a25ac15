import { type Fact, fault, memoryState, type State } from '@asana-audit/core'
import { asanaBackfillCursor, asanaCursorAt } from '@asana-audit/core/backlog'
import { expect, test } from 'vitest'
import { type LiveStatus, liveStatus } from '../../src/listen/live-status.ts'
import { recentHours } from '../../src/listen/recent-hours.ts'
import { type AlarmState, type PipelineStatus, type Status, statusAt } from '../../src/listen/status.ts'
import { attentionOf } from '../../src/listen/status-page/attention.ts'
import type { LastFinding } from '../../src/progress/finding/last-findings.ts'

const start = Date.parse('2026-02-01T12:00:00Z')
const hour = 3_600_000
const iso = (ms: number): string => new Date(ms).toISOString()

const empty: Fact = { type: 'page_read', events: 0, malformed: 0, bytes: 9, ms: 1, newestAt: undefined }
const page: Fact = { ...empty, events: 3 }
const committed: Fact = {
  ...{ type: 'committed', unsaved: 0, events: 3, ms: 1, newestAt: iso(start), ageMs: 0, deletedInMs: 0 },
}
const accepted: Fact = { type: 'write_accepted', records: 3, ms: 1, delaysMs: [1, 2, 3] }
const stop = { code: 'a_code', message: 'Do this.', waitMs: 60_000 }
const paused = (part: 'source' | 'sink' | 'state'): Fact => ({ type: 'paused', part, ...stop })

interface Run {
  readonly clock: { now: number }
  readonly live: LiveStatus
  readonly state: State
  readonly alarms: AlarmState[]
  readonly findings: Map<string, LastFinding[]>
  /** Facts of the lane `live`, a second apart. */
  tell(...facts: readonly Fact[]): void
  whole(): Promise<Status>
  one(): Promise<PipelineStatus>
}

function run(names: readonly string[] = ['main']): Run {
  const clock = { now: start }
  const live = liveStatus(() => clock.now)
  const state = memoryState()
  const alarms: AlarmState[] = []
  const findings = new Map<string, LastFinding[]>()
  live.started(
    names.map((pipeline) => ({ pipeline, lane: 'live' })),
    'state.db',
  )
  const whole = () =>
    statusAt(clock.now, {
      ...{ live, state, startedAt: start, quarantine: () => state.quarantineCounts() },
      alarms: () => alarms,
      findings: async () => findings,
    })
  return {
    ...{ clock, live, state, alarms, findings, whole },
    tell(...facts) {
      for (const one of facts) {
        clock.now += 1_000
        live.fact({ pipeline: 'main', lane: 'live' }, one)
      }
    },
    async one() {
      return (await whole()).pipelines[0] as PipelineStatus
    },
  }
}

const live = async (of: Run) => (await of.one()).lanes.find(({ lane }) => lane === 'live')

test('a pipeline is up to date once Asana has nothing more and everything is delivered, not before', async () => {
  const main = run()
  expect((await main.one()).condition).toBe('starting')
  main.tell(page)
  expect((await main.one()).condition).toBe('reading')
  main.tell(empty)
  expect((await main.one()).condition).toBe('reading')
  main.tell(accepted, committed)
  expect((await main.one()).condition).toBe('caught_up')
})

test('a pipeline is not up to date while events that were read still wait for a slow destination', async () => {
  const main = run()
  main.tell(page, page, page, empty, accepted, { ...committed, unsaved: 6 })
  expect((await main.one()).condition).toBe('reading')
  main.tell(empty)
  main.clock.now += 20_000
  expect((await main.one()).condition).toBe('reading')
  main.tell(accepted, committed)
  expect((await main.one()).condition).toBe('caught_up')
})

test('lag is counted from when everything was last delivered, and grows while something stops it', async () => {
  const main = run()
  main.tell(page, accepted, committed, empty)
  main.clock.now += 5_000
  expect((await live(main))?.lagMs).toBe(5_000)
  main.tell(page, paused('sink'))
  main.clock.now += hour
  expect((await live(main))?.lagMs).toBe(hour + 7_000)
  expect(await live(main)).toMatchObject({
    condition: 'paused',
    trouble: { ...{ part: 'sink', code: 'a_code', message: 'Do this.' }, since: iso(main.clock.now - hour) },
  })
})

test('what stops a lane is over when that part works again, and no other part', async () => {
  for (const [part, proof] of [
    ['source', empty],
    ['sink', accepted],
    ['state', committed],
  ] as const) {
    const others = [empty, accepted, committed].filter((one) => one !== proof)
    const main = run()
    main.tell(paused(part), ...others)
    expect([part, (await live(main))?.trouble?.part]).toEqual([part, part])
    main.tell(proof)
    expect([part, (await live(main))?.trouble]).toEqual([part, null])
    main.tell(paused(part), { type: 'resumed', part, afterMs: 1 })
    expect([part, (await live(main))?.trouble]).toEqual([part, null])
  }
})

test('a second failure keeps the time of the first', async () => {
  const main = run()
  const retrying: Fact = { type: 'retrying', part: 'sink', ...stop, failures: 1 }
  main.tell(retrying, { ...retrying, failures: 2 })
  expect((await live(main))?.trouble).toMatchObject({
    since: iso(start + 1_000),
    nextAttemptAt: iso(start + 62_000),
  })
})

test('a backlog says how much is read and how long the rest takes, and is done when it is read', async () => {
  const main = run()
  const claim = await main.state.claim('main')
  const backlog = await claim.lane('backlog', 'f')
  const [from, until] = [iso(start - 100 * hour), iso(start)]
  await backlog.commit({ cursor: asanaBackfillCursor(from, until), delivered: [], quarantined: [] })
  const covered = (hours: number): void =>
    main.live.fact(
      { pipeline: 'main', lane: 'backlog' },
      { type: 'covered', from, until, upTo: iso(start + (hours - 100) * hour), limitedBy: 'quota' },
    )
  const status = async () => (await main.one()).lanes.find(({ lane }) => lane === 'backlog')
  covered(20)
  expect((await status())?.backlog).toMatchObject({ share: 0.2, timeLeftMs: null, limitedBy: 'quota' })
  main.clock.now += 60_000
  covered(40)
  expect((await status())?.backlog).toMatchObject({ share: 0.4, timeLeftMs: expect.closeTo(180_000, 0) })
  await backlog.commit({ cursor: asanaBackfillCursor(until, until), delivered: [], quarantined: [] })
  expect(await status()).toMatchObject({ condition: 'done', backlog: null, trouble: null, deletedInMs: null })
})

test('beside a backlog, new events are kept for 90 days from where the log was divided', async () => {
  const main = run()
  const lane = await (await main.state.claim('main')).lane('live', 'f')
  await lane.commit({ cursor: asanaCursorAt(iso(start - hour)), delivered: [], quarantined: [] })
  main.tell(paused('sink'))
  expect((await live(main))?.deletedInMs).toBe(90 * 24 * hour - hour - 1_000)
})

test('a person should look at what ended, is stopped, is soon deleted or is in quarantine, in this order', async () => {
  const main = run()
  expect(attentionOf(await main.one())).toEqual([])
  const lane = await (await main.state.claim('main')).lane('live', 'f')
  const entry = { kind: 'rejected', id: '1', code: 'bad', reason: 'no', event: {} } as const
  const old = { id: '2', at: start - 87 * 24 * hour }
  await lane.commit({ cursor: asanaCursorAt(iso(old.at)), delivered: [old], quarantined: [entry] })
  main.tell(page, paused('sink'))
  expect(attentionOf(await main.one())).toEqual([
    'paused at the destination: a_code',
    '2 d until Asana deletes the oldest event that may be unread',
    '1 event in quarantine',
  ])
  const alarm = { pipeline: 'main', since: start, message: 'Look at Asana.' }
  main.alarms.push(
    { ...alarm, kind: 'drop_off', state: 'ALARM' },
    { ...alarm, kind: 'retention', state: 'OK' },
  )
  expect(attentionOf(await main.one())[0]).toBe('alarm: drop off')
  main.live.failed(fault({ fault: 'fatal', code: 'gone', message: 'It is gone.' }), 'main')
  expect(attentionOf(await main.one())[0]).toBe('ended: gone')
})

test('events are counted by the hour they happened in, over seven days, quarantined ones too', async () => {
  const main = run()
  const lane = await (await main.state.claim('main')).lane('live', 'f')
  const at = (hours: number, id: string) => ({ id, at: start - hours * hour })
  const event = { gid: '9', created_at: iso(start - 2 * hour) }
  const entry = { kind: 'rejected', id: '9', code: 'bad', reason: 'no', event } as const
  const delivered = [at(0, '1'), at(2, '2'), at(2, '3'), at(167, '4'), at(168, '5')]
  await lane.commit({ cursor: 'a', delivered, quarantined: [entry] })
  const { counts, from } = (await recentHours(main.state, () => start + 1)(['main'])).get('main') ?? {}
  expect(from).toBe(start - 167 * hour)
  expect(counts).toHaveLength(168)
  expect([counts?.[0], counts?.[165], counts?.[166], counts?.[167]]).toEqual([1, 3, 0, 1])
})

test('while the status of thousands of pipelines is made, others get their turn', async () => {
  const many = run(Array.from({ length: 5_000 }, (_, index) => `tenant ${index}`))
  let turns = 0
  const count = (): void => {
    turns += 1
    next = setImmediate(count)
  }
  let next = setImmediate(count)
  const { pipelines } = await many.whole()
  clearImmediate(next)
  expect(pipelines).toHaveLength(5_000)
  expect(turns).toBeGreaterThan(40)
})

test('the last findings are told newest first, with who, as far as it is known', async () => {
  const { findings, whole } = run(['main', 'other'])
  const one = { level: 'high', title: 'A new robot' }
  findings.set('main', [
    { ...one, id: 'a', at: start, who: 'ada@example.com' },
    { ...one, id: 'b', at: start + hour },
  ])
  const { pipelines } = await whole()
  expect(pipelines.map((pipeline) => pipeline.findings)).toEqual([
    [
      { ...one, id: 'b', at: iso(start + hour), who: null },
      { ...one, id: 'a', at: iso(start), who: 'ada@example.com' },
    ],
    [],
  ])
})

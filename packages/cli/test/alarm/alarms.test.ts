import { randomUUID } from 'node:crypto'
import { type Fact, fault } from '@asana-audit/core'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { describe, expect, test } from 'vitest'
import type { Alarm, AlarmDoor } from '../../src/alarm/alarm.ts'
import { type Alarms, openAlarms } from '../../src/alarm/alarms.ts'
import type { AlarmSettings } from '../../src/config/monitoring/alarm.ts'
import type { PipelineSettings } from '../../src/config/pipeline/pipeline-settings.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const inFolder = temporaryFolder()
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
/** A Wednesday, at noon. */
const start = Date.parse('2026-03-04T12:00:00Z')
const lane = { pipeline: 'acme', lane: 'live' }

const settings: AlarmSettings = {
  dropOff: {
    ...{ isOn: true, learns: true, afterMs: undefined },
    ...{ offsetAt: () => 0, isQuiet: () => false },
  },
  ...{ failingMs: 15 * minuteMs, retentionMs: 7 * dayMs, quarantine: true, webhooks: [], digest: '' },
}

const paused = (part: 'source' | 'sink' | 'state'): Fact => ({
  ...{ type: 'paused', part, code: 'unauthorized', message: 'It wants another token.', waitMs: 300_000 },
})
const idle: Fact = { type: 'idle', since: '2026-03-04T12:00:00Z', newestAt: undefined }
const page = (newestAt: number): Fact => ({
  ...{ type: 'page_read', events: 1, malformed: 0, bytes: 2, ms: 1 },
  newestAt: new Date(newestAt).toISOString(),
})
const emptyPage: Fact = {
  ...{ type: 'page_read', events: 0, malformed: 0, bytes: 2, ms: 1, newestAt: undefined },
}
const committed = (newestAt: number): Fact => ({
  ...{ type: 'committed', unsaved: 0, events: 1, ms: 1, newestAt: new Date(newestAt).toISOString() },
  ...{ ageMs: 0, deletedInMs: undefined },
})

interface Watching extends Alarms {
  now: number
  readonly told: Alarm[]
  readonly reminded: Alarm[]
  /** Pipelines whose destination is told of nothing more. */
  readonly removed: string[]
  readonly said: string[]
}

/** The alarms on the state of this path, with a clock that the test moves. */
async function watching(
  path: string,
  changed: Partial<AlarmSettings> = {},
  isTaken = true,
): Promise<Watching> {
  const state = sqliteState({ path })
  const told: Alarm[] = []
  const reminded: Alarm[] = []
  const removed: string[] = []
  const said: string[] = []
  const door: AlarmDoor = {
    begins() {},
    removed: (pipeline) => void removed.push(pipeline),
    tell: async (alarm) => {
      told.push(alarm)
      if (!isTaken) throw new Error('The run has ended.')
    },
    remind: (standing) => void reminded.push(...standing),
    close: async () => {},
  }
  const clock = { now: start }
  const alarms = await openAlarms({
    ...{ settings: { ...settings, ...changed }, state, door },
    warn: (_, { code }) => said.push(code),
    now: () => clock.now,
  })
  return Object.assign(clock, alarms, { told, reminded, removed, said })
}

const acme = { name: 'acme' } as PipelineSettings

/** The alarms of the next run. */
async function restarted(path: string): Promise<Watching> {
  const alarms = await watching(path)
  alarms.begins?.(acme)
  return alarms
}

const stateOf = (alarms: Alarms, kind: Alarm['kind']): Alarm | undefined =>
  alarms.states().find((alarm) => alarm.kind === kind)

/** A state whose ledger has six events in each hour of 13 weeks up to `start`. */
async function learnedState(path: string): Promise<void> {
  await using state = sqliteState({ path })
  const claim = await state.claim('acme')
  const from = start - 90 * dayMs
  await claim.start(from)
  const delivered = Array.from({ length: 90 * 24 * 6 }, (_, index) => ({
    id: randomUUID(),
    at: from + index * 10 * minuteMs,
  }))
  await (await claim.lane('live', 'f')).commit({ cursor: 'a', delivered, quarantined: [] })
}

describe('what keeps a pipeline from working', () => {
  test.each([
    ['source', 'not_read', 'Asana could not be read'],
    ['sink', 'not_delivered', 'The destination has taken nothing'],
    ['state', 'not_delivered', 'No position could be saved'],
  ] as const)(
    'where the %s pauses over 15 minutes, the alarm is %s and has the next step',
    async (part, kind, words) => {
      const alarms = await watching(inFolder(`${part}.db`))
      alarms.fact(lane, paused(part))
      alarms.now = start + 14 * minuteMs
      await alarms.check()
      expect(alarms.told).toEqual([])
      alarms.fact(lane, paused(part))
      alarms.now = start + 15 * minuteMs
      await alarms.check()
      expect(alarms.told).toMatchObject([{ pipeline: 'acme', kind, state: 'ALARM' }])
      expect(alarms.told[0]?.message).toContain(`${words} for 15 min (unauthorized). It wants another token.`)
      expect(stateOf(alarms, 'drop_off')?.state).toBe('INSUFFICIENT_DATA')
      alarms.fact(lane, { type: 'resumed', part, afterMs: 1 })
      await alarms.check()
      expect(alarms.told.at(-1)).toMatchObject({ kind, state: 'OK' })
      expect(alarms.said).toEqual([`alarm_${kind}`, `alarm_${kind}_over`])
    },
  )

  test('where the clock is set back by a day, a destination that is down is an alarm 15 minutes later all the same', async () => {
    const alarms = await watching(inFolder('set-back.db'))
    alarms.fact(lane, paused('sink'))
    alarms.now = start - dayMs
    alarms.fact(lane, paused('sink'))
    alarms.now = start - dayMs + 15 * minuteMs
    await alarms.check()
    expect(alarms.told).toMatchObject([{ kind: 'not_delivered', state: 'ALARM' }])
  })

  test('a destination that is down is tried again, and the alarm says how to find out why', async () => {
    const alarms = await watching(inFolder('down.db'))
    const { type: _, ...stop } = paused('sink') as Extract<Fact, { type: 'paused' }>
    alarms.fact(lane, { ...stop, type: 'retrying', failures: 1 })
    alarms.now = start + 15 * minuteMs
    await alarms.check()
    expect(alarms.told[0]?.message).toMatch(/tried again .* nothing is lost .* asana-audit check/)
  })

  test('a restart does not end the alarm about a destination that is still down', async () => {
    const path = inFolder('still-down.db')
    const first = await watching(path)
    first.fact(lane, paused('sink'))
    first.now = start + 15 * minuteMs
    await first.check()
    expect(first.told).toMatchObject([{ kind: 'not_delivered', state: 'ALARM' }])
    const alarms = await restarted(path)
    const backlog = { ...lane, lane: 'backlog' }
    const nothing: Fact = {
      ...{ type: 'committed', unsaved: 0, events: 0, ms: 1 },
      ...{ newestAt: undefined, ageMs: undefined, deletedInMs: undefined },
    }
    const isStanding = async (): Promise<void> => {
      await alarms.check()
      expect(stateOf(alarms, 'not_delivered')?.state).toBe('ALARM')
    }
    // Its position is saved, but the destination was not asked for anything.
    alarms.fact(backlog, nothing)
    await isStanding()
    alarms.fact(lane, paused('sink'))
    await isStanding()
    alarms.fact(backlog, nothing)
    await isStanding()
    alarms.fact(lane, committed(start))
    await alarms.check()
    expect(stateOf(alarms, 'not_delivered')).toMatchObject({
      state: 'OK',
      message: 'The destination takes events again.',
    })
  })

  test('a destination that takes events does not end the alarm while their position cannot be saved', async () => {
    const path = inFolder('still-unsaved.db')
    const first = await watching(path)
    first.fact(lane, paused('state'))
    first.now = start + 15 * minuteMs
    await first.check()
    const alarms = await restarted(path)
    alarms.fact(lane, { type: 'write_accepted', records: 1, ms: 1, delaysMs: [] })
    alarms.fact(lane, paused('state'))
    await alarms.check()
    expect(stateOf(alarms, 'not_delivered')?.state).toBe('ALARM')
    alarms.fact(lane, committed(start))
    await alarms.check()
    expect(stateOf(alarms, 'not_delivered')?.state).toBe('OK')
  })

  test('a state that fails in an unknown way is said once, and the next check judges again', async () => {
    const state = sqliteState({ path: inFolder('odd.db') })
    let isOdd = true
    const odd = async (...asked: Parameters<typeof state.note>): Promise<void> => {
      if (isOdd) throw new TypeError('It is odd.')
      await state.note(...asked)
    }
    const [said, told, clock] = [[] as string[], [] as Alarm[], { now: start }]
    const alarms = await openAlarms({
      ...{ settings, state: { ...state, note: odd }, now: () => clock.now },
      warn: (_, { code, message }) => said.push(`${code}: ${message}`),
      door: {
        ...{ tell: async (alarm) => void told.push(alarm), begins() {}, removed() {}, remind() {} },
        close: async () => {},
      },
    })
    alarms.fact(lane, paused('sink'))
    clock.now += hourMs
    await alarms.check()
    expect(said[0]).toContain('cannot be saved. It is odd.')
    expect(told).toMatchObject([{ kind: 'not_delivered' }])
    isOdd = false
    alarms.fact(lane, { type: 'resumed', part: 'sink', afterMs: 1 })
    await alarms.check()
    expect(told.at(-1)).toMatchObject({ kind: 'not_delivered', state: 'OK' })
  })

  test('unread events that are deleted within 7 days are an alarm, but not while all works', async () => {
    const alarms = await watching(inFolder('retention.db'))
    const newest = start - 84 * dayMs
    alarms.fact(lane, page(newest))
    alarms.fact(lane, committed(newest))
    alarms.now = start + 30 * minuteMs
    await alarms.check()
    expect(alarms.told).toEqual([])
    alarms.fact(lane, paused('source'))
    await alarms.check()
    expect(alarms.told).toMatchObject([{ kind: 'retention', state: 'ALARM' }])
    expect(alarms.told[0]?.message).toContain('Asana begins to delete unread events in 5 d.')
  })

  test('a tenant that is quiet for 84 days is read to its end, so a failure is no alarm about deletion', async () => {
    const alarms = await watching(inFolder('quiet.db'))
    alarms.fact(lane, page(start - 84 * dayMs))
    alarms.fact(lane, committed(start - 84 * dayMs))
    alarms.fact(lane, idle)
    alarms.fact(lane, paused('sink'))
    await alarms.check()
    expect(alarms.told).toEqual([])
  })

  test.each([
    ['read to the end of the log an hour before a restart has nothing unread', 1 / 24, []],
    ['not read for 84 days has unread events that are deleted soon', 84, ['retention']],
  ])('a quiet tenant that was %s', async (_, daysAgo, expected) => {
    const path = inFolder(`quiet-${daysAgo}.db`)
    const state = sqliteState({ path })
    const live = await (await state.claim(lane.pipeline)).lane('live', 'f')
    const at = (days: number): string => new Date(start - days * dayMs).toISOString()
    const cursor = JSON.stringify({ v: 1, offset: 'a', newest: at(85), endReachedAt: at(daysAgo) })
    await live.commit({ cursor, delivered: [{ id: '1', at: start - 85 * dayMs }], quarantined: [] })
    await state.close()
    const alarms = await watching(path)
    alarms.fact(lane, paused('source'))
    await alarms.check()
    expect(alarms.told.map(({ kind }) => kind)).toEqual(expected)
  })

  /** New events whose reading is 84 days behind, read for three hours at this pace: hours of the log in an hour. */
  async function behind(pace: number, path: string): Promise<Watching> {
    const alarms = await watching(inFolder(path))
    for (let minutes = 0; minutes <= 180; minutes += 1) {
      alarms.now = start + minutes * minuteMs
      const newest = start - 84 * dayMs + pace * minutes * minuteMs
      alarms.fact(lane, page(newest))
      alarms.fact(lane, committed(newest))
      await alarms.check()
    }
    return alarms
  }

  test('new events that are read more slowly than they come are an alarm before they are deleted, though nothing fails', async () => {
    const alarms = await behind(0.5, 'behind.db')
    expect(alarms.told).toMatchObject([{ kind: 'retention', state: 'ALARM' }])
    expect(alarms.told[0]?.message).toMatch(
      /^New events are read more slowly than they come: in 1 h, 30 min of the log were read, and Asana begins to delete unread events in 5 d\. .*requests a minute/,
    )
    alarms.fact(lane, emptyPage)
    alarms.fact(lane, idle)
    await alarms.check()
    expect(alarms.told.at(-1)).toMatchObject({ kind: 'retention', state: 'OK' })
  })

  test('new events whose reading catches up are no alarm, however old they are', async () => {
    expect((await behind(2, 'catching-up.db')).told).toEqual([])
  })

  test('a pipeline that ends with a fault is an alarm with the next step, which is over once it runs again', async () => {
    const alarms = await watching(inFolder('ended.db'))
    alarms.begins?.(acme)
    alarms.fact(lane, paused('sink'))
    const message = 'Another process writes /var/log/a.jsonl. Stop it.'
    alarms.failed(fault({ fault: 'fatal', code: 'file_locked', message }), 'acme')
    alarms.now = start + hourMs
    await alarms.check()
    expect(alarms.told).toMatchObject([{ kind: 'ended', state: 'ALARM' }])
    expect(alarms.told[0]?.message).toBe(
      'This pipeline has ended (file_locked), and the others go on. Another process writes /var/log/a.jsonl. Stop it. Once that is fixed, start the run again, or send it SIGHUP if it follows its file.',
    )
    alarms.begins?.(acme)
    await alarms.check()
    expect(alarms.told.at(-1)).toMatchObject({ kind: 'ended', state: 'OK', message: 'It runs again.' })
    expect(alarms.said).toEqual(['alarm_ended', 'alarm_ended_over'])
  })

  test('after a change of the settings an old failure is over as soon as nothing is left to deliver', async () => {
    const alarms = await watching(inFolder('changed.db'))
    alarms.begins?.(acme)
    alarms.fact(lane, paused('sink'))
    alarms.now = start + hourMs
    await alarms.check()
    expect(alarms.told).toMatchObject([{ kind: 'not_delivered', state: 'ALARM' }])
    alarms.begins?.(acme)
    await alarms.check()
    expect(alarms.told).toHaveLength(1)
    alarms.fact(lane, emptyPage)
    alarms.fact(lane, idle)
    await alarms.check()
    expect(alarms.told.at(-1)).toMatchObject({ kind: 'not_delivered', state: 'OK' })
    expect(alarms.told.at(-1)?.message).toBe('Everything that Asana shows is delivered.')
  })

  test('a failure that goes on after a change of the settings is the same alarm as before', async () => {
    const alarms = await watching(inFolder('changed-in-vain.db'))
    alarms.begins?.(acme)
    alarms.fact(lane, page(start))
    alarms.fact(lane, paused('sink'))
    alarms.now = start + hourMs
    await alarms.check()
    alarms.begins?.(acme)
    alarms.fact(lane, page(start))
    alarms.fact(lane, idle)
    await alarms.check()
    alarms.fact(lane, paused('sink'))
    alarms.now = start + 2 * hourMs
    await alarms.check()
    expect(alarms.told).toMatchObject([{ kind: 'not_delivered', state: 'ALARM' }])
    expect(alarms.states().find(({ kind }) => kind === 'not_delivered')?.since).toBe(start + hourMs)
  })

  test('a pipeline that is removed ends its alarms, and may come back without them', async () => {
    const alarms = await watching(inFolder('removed.db'))
    alarms.begins?.(acme)
    alarms.fact(lane, paused('source'))
    alarms.now = start + hourMs
    await alarms.check()
    alarms.reloaded?.({ added: [], changed: [], removed: ['acme'], unchanged: 1 })
    expect(alarms.told).toMatchObject([
      { kind: 'not_read', state: 'ALARM' },
      { kind: 'not_read', state: 'OK', message: 'The pipeline was removed from the settings.' },
    ])
    expect(alarms.removed).toEqual(['acme'])
    expect(alarms.said).toEqual(['alarm_not_read', 'alarm_not_read_over'])
    expect(alarms.states()).toEqual([])
    alarms.begins?.(acme)
    await alarms.check()
    expect(stateOf(alarms, 'not_read')).toMatchObject({ state: 'OK' })
    expect(stateOf(await restarted(inFolder('removed.db')), 'not_read')).toMatchObject({ state: 'OK' })
  })

  /** A backlog of 80 days that begins where Asana deletes, read for so many hours at this pace: hours of the log in an hour. */
  async function afterReading(pace: number, hours: number, path: string): Promise<Watching> {
    const alarms = await watching(inFolder(path))
    const from = start - 89 * dayMs
    const at = (time: number): string => new Date(time).toISOString()
    for (let minutes = 0; minutes <= hours * 60; minutes += 1) {
      alarms.now = start + minutes * minuteMs
      const upTo = at(from + pace * minutes * minuteMs)
      const range = { from: at(from), until: at(start - 9 * dayMs), upTo }
      alarms.fact(backlog, page(Date.parse(upTo)))
      alarms.fact(backlog, { type: 'covered', ...range, limitedBy: 'destination' })
      await alarms.check()
    }
    return alarms
  }
  const backlog = { pipeline: 'acme', lane: 'backlog' }

  test('a backlog that is read more slowly than Asana deletes is an alarm after an hour, though nothing fails', async () => {
    const alarms = await afterReading(0.5, 0.9, 'slow-backlog.db')
    expect(alarms.told).toEqual([])
    alarms.now = start + hourMs
    await alarms.check()
    expect(alarms.told).toMatchObject([{ kind: 'retention', state: 'ALARM' }])
    expect(alarms.told[0]?.message).toContain('The backlog is read too slowly: in 1 h, 27 min of the log')
  })

  test('a backlog at the edge of what Asana keeps is no alarm while it is read faster than that moves', async () => {
    const alarms = await afterReading(1.2, 3, 'edge.db')
    expect(alarms.told).toEqual([])
  })

  test('a backlog that stops being read without a failure is an alarm within the next hours', async () => {
    const alarms = await afterReading(3, 2, 'stuck.db')
    expect(alarms.told).toEqual([])
    alarms.now = start + 8 * hourMs
    await alarms.check()
    expect(alarms.told).toMatchObject([{ kind: 'retention', state: 'ALARM' }])
  })

  test.each([
    ['a failure of a minute is part of a pace', minuteMs, ['retention']],
    ['a failure of an hour begins the measurement of a pace anew', hourMs, []],
  ])('%s', async (_, afterMs, told) => {
    const alarms = await afterReading(0.5, 0.9, `stood-${afterMs}.db`)
    alarms.fact(backlog, {
      type: 'retrying',
      part: 'source',
      code: 'unavailable',
      message: 'Later.',
      failures: 1,
      waitMs: 1,
    })
    alarms.fact(backlog, { type: 'resumed', part: 'source', afterMs })
    alarms.now = start + 1.5 * hourMs
    await alarms.check()
    expect(alarms.told.map(({ kind }) => kind)).toEqual(told)
  })

  test('a thousand events put in quarantine are one alarm, which is over after a quiet hour', async () => {
    const alarms = await watching(inFolder('quarantine.db'))
    for (let id = 0; id < 1_000; id += 1) {
      const reason = 'The receiver refused it.'
      alarms.fact(lane, { type: 'quarantined', kind: 'rejected', id: String(id), code: 'bad_data', reason })
    }
    await alarms.check()
    await alarms.check()
    expect(alarms.told).toMatchObject([{ kind: 'quarantine', state: 'ALARM' }])
    expect(alarms.told[0]?.message).toContain('1,000 events were put in quarantine (bad_data).')
    alarms.now = start + hourMs
    await alarms.check()
    expect(alarms.told.at(-1)).toMatchObject({ kind: 'quarantine', state: 'OK' })
  })

  test('a restart ends no alarm about the quarantine before its quiet hour', async () => {
    const path = inFolder('quarantine-restart.db')
    const first = await watching(path)
    const reason = 'The receiver refused it.'
    first.fact(lane, { type: 'quarantined', kind: 'rejected', id: '1', code: 'bad_data', reason })
    await first.check()
    const second = await restarted(path)
    second.now = start + minuteMs
    await second.check()
    expect(second.told).toEqual([])
    second.now = start + minuteMs + hourMs
    await second.check()
    expect(second.told).toMatchObject([{ kind: 'quarantine', state: 'OK' }])
  })
})

describe('events that stop', () => {
  test('an alarm comes once 20 events are missing, says that Asana answers, and stays over a restart', async () => {
    const path = inFolder('learned.db')
    await learnedState(path)
    const alarms = await watching(path)
    const quietFor = async (minutes: number): Promise<void> => {
      alarms.now = start - 10 * minuteMs + minutes * minuteMs
      alarms.fact(lane, idle)
      await alarms.check()
    }
    await quietFor(199)
    expect(stateOf(alarms, 'drop_off')?.state).toBe('OK')
    expect(alarms.told).toEqual([])
    await quietFor(201)
    expect(alarms.told).toMatchObject([{ kind: 'drop_off', state: 'ALARM' }])
    expect(alarms.told[0]?.message).toContain(
      'Asana answers but has shown no event for 3 h; about 20 would have come.',
    )
    const restarted = await watching(path)
    restarted.fact(lane, idle)
    expect(stateOf(restarted, 'drop_off')?.state).toBe('ALARM')
    restarted.now = alarms.now + hourMs
    restarted.fact(lane, idle)
    await restarted.check()
    expect(restarted.told).toEqual([])
  })

  test('nothing stops while Asana cannot be read', async () => {
    const path = inFolder('unreadable.db')
    await learnedState(path)
    const alarms = await watching(path)
    alarms.fact(lane, idle)
    alarms.fact(lane, paused('source'))
    alarms.now = start + dayMs
    await alarms.check()
    expect(stateOf(alarms, 'drop_off')?.state).toBe('OK')
    expect(alarms.told.map(({ kind }) => kind)).toEqual(['not_read'])
  })

  test('after a weekend without a run, what is read until the end of the log decides', async () => {
    const path = inFolder('weekend.db')
    await learnedState(path)
    const alarms = await watching(path)
    alarms.now = start + 3 * dayMs
    alarms.fact(lane, page(start + dayMs))
    await alarms.check()
    expect(alarms.told).toEqual([])
    alarms.fact(lane, page(start + 3 * dayMs - minuteMs))
    alarms.fact(lane, idle)
    await alarms.check()
    expect(stateOf(alarms, 'drop_off')?.state).toBe('OK')
  })

  test('where the ledger is shorter than eight weeks a fixed time serves', async () => {
    const dropOff = { ...settings.dropOff, afterMs: 6 * hourMs }
    const alarms = await watching(inFolder('short.db'), { dropOff })
    alarms.fact(lane, page(start))
    alarms.now = start + 6 * hourMs
    alarms.fact(lane, idle)
    await alarms.check()
    expect(alarms.told).toMatchObject([{ kind: 'drop_off', state: 'ALARM' }])
  })
})

test('an alarm that no receiver took before the end of a run is told by the next one, once', async () => {
  const path = inFolder('untold.db')
  const first = await watching(path, {}, false)
  first.fact(lane, paused('source'))
  first.now = start + hourMs
  await first.check()
  expect(first.told).toHaveLength(1)
  const second = await watching(path)
  second.fact(lane, paused('source'))
  expect(second.told).toMatchObject([{ kind: 'not_read', state: 'ALARM' }])
  await second.check()
  expect(second.told).toHaveLength(1)
})

test('an alarm that stands is told again every 15 minutes to receivers that forget', async () => {
  const alarms = await watching(inFolder('remind.db'))
  alarms.fact(lane, paused('source'))
  alarms.now = start + 20 * minuteMs
  await alarms.check()
  await alarms.check()
  alarms.now = start + 36 * minuteMs
  await alarms.check()
  expect(alarms.told).toHaveLength(1)
  expect(alarms.reminded).toMatchObject([{ kind: 'not_read', state: 'ALARM' }])
})

test('where another process has taken over, what failed here is over, and no alarm any more', async () => {
  const alarms = await watching(inFolder('taken-over.db'))
  alarms.fact(lane, paused('state'))
  alarms.fact(lane, paused('source'))
  alarms.now = start + 14 * minuteMs
  alarms.standsBy?.('acme')
  alarms.now = start + 20 * minuteMs
  await alarms.check()
  expect(alarms.told).toEqual([])
  expect(alarms.states()).toEqual([])
  // It takes over again, and fails again.
  alarms.begins?.({ name: 'acme' } as PipelineSettings)
  alarms.fact(lane, paused('sink'))
  alarms.now += 15 * minuteMs
  await alarms.check()
  expect(alarms.told).toMatchObject([{ kind: 'not_delivered', state: 'ALARM' }])
  alarms.standsBy?.('acme')
  expect(alarms.told.at(-1)).toMatchObject({ kind: 'not_delivered', state: 'OK' })
})

test('receivers that forget are told again also after the clock was set back by a day', async () => {
  const alarms = await watching(inFolder('remind-set-back.db'))
  alarms.fact(lane, paused('source'))
  alarms.now = start + 20 * minuteMs
  await alarms.check()
  alarms.now = start - dayMs
  await alarms.check()
  expect(alarms.reminded).toMatchObject([{ kind: 'not_read', state: 'ALARM' }])
})

test('after a return to an earlier version, alarms of a kind it does not know do not stop it', async () => {
  const path = inFolder('downgrade.db')
  const first = await watching(path)
  first.fact(lane, paused('source'))
  first.now = start + hourMs
  await first.check()
  {
    await using state = sqliteState({ path })
    const [[name, kept]] = [...(await state.notes('alarms'))] as [[string, string]]
    const note = JSON.parse(kept)
    note.alarms.of_tomorrow = note.alarms.not_read
    await state.note(name, 'alarms', JSON.stringify(note))
  }
  const second = await restarted(path)
  expect(stateOf(second, 'not_read')).toMatchObject({ state: 'ALARM' })
})

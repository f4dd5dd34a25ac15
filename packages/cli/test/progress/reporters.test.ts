import { type Fact, fault } from '@asana-audit/core'
import { describe, expect, test } from 'vitest'
import type { PipelineSettings } from '../../src/config/pipeline/pipeline-settings.ts'
import type { LaneRef } from '../../src/progress/lane.ts'
import { logReporter } from '../../src/progress/output/log-reporter.ts'
import { progressReporter } from '../../src/progress/output/progress-reporter.ts'

const main = { pipeline: 'main', lane: 'live' }
const day = 86_400_000
const start = Date.parse('2026-03-31T00:00:00Z')

/** A delivery whose newest event is 78 days old. */
const committed: Fact = {
  type: 'committed',
  ms: 1,
  events: 10,
  unsaved: 0,
  newestAt: new Date(start - 78 * day).toISOString(),
  ageMs: 78 * day,
  unreadFrom: new Date(start - 78 * day).toISOString(),
  deletedInMs: 12 * day,
}
const paused: Fact = {
  type: 'paused',
  part: 'sink',
  code: 'unauthorized',
  message: 'The receiver wants another token.',
  waitMs: 300_000,
}
const caughtUp: Fact = {
  type: 'page_read',
  events: 0,
  malformed: 0,
  bytes: 2,
  ms: 1,
  newestAt: committed.newestAt,
}

const idle: Fact = { type: 'idle', since: new Date(start).toISOString(), newestAt: committed.newestAt }

/** An output that keeps what is written, and a clock that the test moves. */
function fakeOutput(): { text: string; now: number; write(chunk: string | Uint8Array): boolean } {
  return {
    text: '',
    now: start,
    write(chunk) {
      this.text += String(chunk)
      return true
    },
  }
}

test('progress and pauses in the log say how long Asana still keeps unread events', () => {
  const output = fakeOutput()
  const reporter = logReporter(output as never, () => output.now)
  reporter.started([main], 'state.db')
  reporter.fact(main, paused)
  output.now += 60_000
  reporter.fact(main, committed)
  output.now += day - 60_000
  reporter.fact(main, paused)
  const lines = output.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.map(({ message, deletedInMs }) => [message, deletedInMs])).toEqual([
    ['started', undefined],
    ['paused', undefined],
    ['progress', 12 * day - 60_000],
    ['paused', 11 * day],
  ])
})

test('a pause of a quiet tenant counts from when its log was last read to the end, not from its newest event', () => {
  const output = fakeOutput()
  const reporter = logReporter(output as never, () => output.now)
  reporter.fact(main, { ...committed, unreadFrom: new Date(start - day).toISOString() })
  reporter.fact(main, caughtUp)
  reporter.fact(main, paused)
  expect(JSON.parse(output.text)).toMatchObject({ message: 'paused', deletedInMs: 89 * day })
})

test('the log says nothing of unread events while a lane is caught up, however old the newest event is', () => {
  const output = fakeOutput()
  const reporter = logReporter(output as never, () => output.now)
  const progressAfter = (...facts: readonly Fact[]): unknown => {
    for (const fact of facts) reporter.fact(main, fact)
    output.now += 31_000
    output.text = ''
    reporter.fact(main, idle)
    return (JSON.parse(output.text) as { deletedInMs?: number }).deletedInMs
  }
  expect(progressAfter(committed, caughtUp)).toBeUndefined()
  // Events that were read but not delivered are read again later, so Asana must still have them.
  expect(progressAfter(paused)).toBeGreaterThan(11 * day)
  expect(progressAfter({ type: 'resumed', part: 'sink', afterMs: 1_000 })).toBeUndefined()
})

test('requests in the log are those of the pipeline itself: the pages of another one cost none', () => {
  const output = fakeOutput()
  const reporter = logReporter(output as never, () => output.now)
  reporter.fact(main, caughtUp)
  reporter.fact(main, { ...caughtUp, readBy: 'other' })
  reporter.fact(main, caughtUp)
  reporter.finished([{ pipeline: 'main', delivered: { delivered: 0, quarantined: 0, repeats: 0 } }])
  expect(output.text).toContain('"requests":2')
})

test('nothing is called "caught up" while events that were read wait for the destination', () => {
  const person = fakeOutput()
  const machine = fakeOutput()
  const reporters = [
    progressReporter({ output: person, now: () => person.now }),
    logReporter(machine as never, () => person.now),
  ]
  const shownAfter = (...facts: Fact[]): readonly [string, string] => {
    person.text = machine.text = ''
    for (const fact of facts) {
      person.now += 31_000
      for (const reporter of reporters) reporter.fact(main, fact)
    }
    const written = machine.text.match(/"caughtUp":\w+/g) ?? []
    return [person.text.trimEnd().split('\n').at(-1) ?? '', written.at(-1) ?? '']
  }
  const idle: Fact = { type: 'idle', since: '2026-02-01T12:00:00Z', newestAt: undefined }
  reporters[0]?.started([main], 'state.db')
  const first = shownAfter({ ...caughtUp, events: 30, newestAt: undefined }, idle, caughtUp, idle)
  expect(first).toEqual(['  main: 0 events, writing', '"caughtUp":false'])
  const partly = shownAfter({ ...committed, unsaved: 20 }, idle)
  expect(partly).toEqual([expect.stringMatching(/10 events, .*writing/), '"caughtUp":false'])
  const wholly = shownAfter({ ...committed, events: 20 }, caughtUp, idle)
  expect(wholly).toEqual([expect.stringMatching(/30 events, .*caught up/), '"caughtUp":true'])
})

test('what a re-read found again waits for nothing', () => {
  const output = fakeOutput()
  const reporter = progressReporter({ output, now: () => output.now })
  reporter.started([main], 'state.db')
  const facts: Fact[] = [{ ...caughtUp, events: 7 }, { type: 'repeats_dropped', events: 7 }, caughtUp]
  for (const fact of facts) {
    output.now += 5_000
    reporter.fact(main, fact)
  }
  expect(output.text).toMatch(/caught up\n$/)
})

test('a stop that cuts a write off says how many events come again, once', () => {
  const said = (...facts: Fact[]): string[] => {
    const output = fakeOutput()
    const reporter = progressReporter({ output, now: () => output.now })
    reporter.started([main], 'state.db')
    for (const fact of facts) reporter.fact(main, fact)
    reporter.finished([{ pipeline: 'main', delivered: { delivered: 0, quarantined: 0, repeats: 0 } }])
    return output.text.split('\n').filter((line) => line.startsWith('!'))
  }
  const cut: Fact = { type: 'cut_off', events: 1_000 }
  expect(said(cut)).toEqual([
    '! main: stopped before the destination had confirmed 1,000 events. The next run sends them again, so they may arrive twice.',
  ])
  // What stops the lane is said instead.
  expect(said(paused, cut).slice(1)).toEqual([
    '! main: stopped while it could not go on (unauthorized). The next run continues there.',
  ])
})

test('the rate on a terminal is that of the last ten seconds, and none is shown while nothing comes', () => {
  const output = fakeOutput()
  const reporter = progressReporter({ output, now: () => output.now })
  reporter.started([main], 'state.db')
  const rateAfter = (seconds: number, events: number): string | undefined => {
    output.now += seconds * 1_000
    output.text = ''
    reporter.fact(main, { ...committed, events })
    return / (\S+)\/s/.exec(output.text)?.[1]
  }
  expect(rateAfter(2, 100_000)).toBe('50,000')
  // Caught up: two events a second from here on.
  const rates = Array.from({ length: 8 }, () => rateAfter(2, 4))
  expect([rates[0], rates.at(-1)]).toEqual(['25,001', '2'])
  expect(rateAfter(60, 0)).toBeUndefined()
})

test('a pipeline that is caught up writes progress with its polls, at most every 30 seconds', () => {
  const output = fakeOutput()
  const reporter = logReporter(output as never, () => output.now)
  for (let polls = 0; polls < 10; polls += 1) {
    reporter.fact(main, { type: 'idle', since: '2026-02-01T12:00:00Z', newestAt: undefined })
    output.now += 10_000
  }
  expect(output.text.match(/"progress"/g)).toHaveLength(3)
})

test('progress in the log has the delays of new events since the last one, and none of a backlog', () => {
  const output = fakeOutput()
  const reporter = logReporter(output as never, () => output.now)
  const backlog = { ...main, lane: 'backlog' }
  const accepted = (...delaysMs: number[]): Fact => ({
    ...{ type: 'write_accepted', records: delaysMs.length, ms: 5, delaysMs },
  })
  for (const lane of [main, backlog]) reporter.fact(lane, committed)
  for (const delays of [[1_000, 1_000, 1_000, 8_000], [500]]) {
    reporter.fact(main, accepted(...delays))
    reporter.fact(backlog, accepted(day))
    output.now += 60_000
    for (const lane of [main, backlog]) reporter.fact(lane, committed)
  }
  const lines = output.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.map(({ lane, delayMs }) => [lane, delayMs])).toEqual([
    ['live', { median: expect.closeTo(1_050, -2), p99: 8_000, most: 8_000 }],
    ['backlog', undefined],
    ['live', { median: 500, p99: 500, most: 500 }],
    ['backlog', undefined],
  ])
})

test('the number of late events and the longest delay are reported at the end', () => {
  const late = (delayMs: number): Fact => ({ type: 'late', id: '1', delayMs })
  const results = [{ pipeline: 'main', delivered: { delivered: 9, quarantined: 0, repeats: 0 } }]
  const [log, human] = [fakeOutput(), fakeOutput()]
  const reporters = [logReporter(log as never), progressReporter({ output: human })]
  for (const reporter of reporters) {
    reporter.started([main], 'state.db')
    for (const minutes of [3, 12, 7]) reporter.fact(main, late(minutes * 60_000))
    reporter.finished(results)
  }
  expect(JSON.parse(log.text.trim().split('\n').at(-1) ?? '')).toMatchObject({
    ...{ message: 'finished', late: 3, longestDelayMs: 720_000 },
  })
  expect(human.text).toContain('3 of them late, by up to 12 min')
})

test('a person sees the time until deletion while a pipeline is behind', () => {
  const output = fakeOutput()
  const reporter = progressReporter({ output, now: () => output.now })
  reporter.started([main], 'state.db')
  const after = (fact: Fact): string => {
    output.text = ''
    output.now += 2_000
    reporter.fact(main, fact)
    return output.text
  }
  expect(after(committed)).toContain('reading, unread events deleted in 11 d')
  expect(after(caughtUp)).not.toContain('deleted')
  expect(after(paused)).toContain('unread events deleted in 11 d')
})

test('without a terminal progress is written every two seconds in the first minute, and then every half a minute', () => {
  const output = fakeOutput()
  const reporter = progressReporter({ output, now: () => output.now })
  reporter.started([main], 'state.db')
  const linesIn = (seconds: number): number => {
    output.text = ''
    for (let second = 0; second < seconds; second += 1) {
      output.now += 1_000
      reporter.fact(main, committed)
    }
    return output.text.split('\n').length - 1
  }
  expect(linesIn(59)).toBe(30)
  linesIn(61)
  expect(linesIn(600)).toBe(20)
})

test('new events are not "caught up" beside a backlog, from its first page until it is read', () => {
  const output = fakeOutput()
  const reporter = progressReporter({ output, now: () => output.now })
  const backlog = { ...main, lane: 'backlog' }
  const shownAfter = (lane: typeof main, fact: Fact): string[] => {
    output.now += 2_000
    output.text = ''
    reporter.fact(lane, fact)
    return output.text.trimEnd().split('\n')
  }
  const covered = (upTo: string): Fact => ({
    ...{ type: 'covered', from: '2026-01-01T00:00:00Z', until: '2026-03-31T00:00:00Z', upTo },
    limitedBy: 'latency',
  })
  reporter.started([main], 'state.db')
  reporter.fact(main, caughtUp)
  expect(shownAfter(backlog, { ...caughtUp, newestAt: undefined })).toEqual([
    '  main: no new events yet, waiting for new ones',
    '  main (backlog): 0 events, reading',
  ])
  expect(shownAfter(backlog, covered('2026-03-30T00:00:00Z'))[0]).toContain('waiting for new ones')
  expect(shownAfter(backlog, covered('2026-03-31T00:00:00Z'))[0]).toBe('  main: 0 events, caught up')
})

test('the name of a replay is not told twice', () => {
  const output = fakeOutput()
  const reporter = progressReporter({ output, now: () => output.now })
  const replay = { pipeline: 'main (replay)', lane: 'replay' }
  reporter.started([replay], 'state.db')
  output.now += 2_000
  reporter.fact(replay, committed)
  expect(output.text).toContain('  main (replay): 10 events')
})

test('a person hears why a lane is tried again once, and again when the reason is another one', () => {
  const output = fakeOutput()
  const reporter = progressReporter({ output, now: () => output.now })
  reporter.started([main], 'state.db')
  const retrying = (failures: number, code: string): Fact => ({
    ...{ type: 'retrying', part: 'sink', code, message: `It is ${code}.`, failures, waitMs: 1_000 },
  })
  // Of several writes at once each has its own first failure.
  for (const fact of [retrying(1, 'down'), retrying(1, 'down'), retrying(2, 'busy'), retrying(3, 'busy')])
    reporter.fact(main, fact)
  expect(output.text.match(/It is \w+/g)).toEqual(['It is down', 'It is busy'])
  for (const fact of [{ type: 'resumed', part: 'sink', afterMs: 1_000 } as const, retrying(1, 'busy')])
    reporter.fact(main, fact)
  expect(output.text.match(/It is \w+/g)).toEqual(['It is down', 'It is busy', 'It is busy'])
})

describe('a trouble that stops both lanes of a pipeline', () => {
  const backlog = { ...main, lane: 'backlog' }
  const other = { ...main, pipeline: 'other' }
  const resumed: Fact = { type: 'resumed', part: 'sink', afterMs: 1_000 }

  function told(...facts: readonly (readonly [LaneRef, Fact])[]): string[] {
    const output = fakeOutput()
    const reporter = progressReporter({ output, now: () => output.now })
    for (const [lane, fact] of facts) reporter.fact(lane, fact)
    return output.text.split('\n').filter((line) => /wants another|works again/.test(line))
  }
  const pause = (label: string): string => `! ${label}: The receiver wants another token.`

  test('is one line, and one when it is over for both', () => {
    expect(told([backlog, paused], [main, paused], [main, resumed], [backlog, resumed])).toEqual([
      pause('main (backlog)'),
      '  main (backlog): works again.',
    ])
  })

  test('is reported again by the same lane after each failed try, whichever lane tries first', () => {
    const facts = [main, backlog, backlog, main, main, backlog].map((lane) => [lane, paused] as const)
    expect(told(...facts)).toEqual([pause('main'), pause('main'), pause('main')])
  })

  test('goes on being told when it is over for the lane that told it', () => {
    expect(told([main, paused], [backlog, paused], [main, resumed], [backlog, paused])).toEqual([
      pause('main'),
      pause('main (backlog)'),
    ])
  })

  test('is over for both also if one of them only says that it has delivered again', () => {
    expect(told([main, paused], [backlog, paused], [main, resumed], [backlog, committed])).toEqual([
      pause('main'),
      '  main: works again.',
    ])
  })

  test('is two lines if they ask a person for two things', () => {
    const other: Fact = { ...paused, message: 'The receiver wants another token for old events.' }
    expect(told([main, paused], [backlog, other], [main, paused])).toEqual([
      pause('main'),
      '! main (backlog): The receiver wants another token for old events.',
      pause('main'),
    ])
  })

  test('is a line each for two pipelines', () => {
    expect(told([main, paused], [other, paused], [main, resumed], [other, resumed])).toEqual([
      pause('main'),
      pause('other'),
      '  main: works again.',
      '  other: works again.',
    ])
  })

  test('is reported again after the pipeline has started again', () => {
    const output = fakeOutput()
    const reporter = progressReporter({ output, now: () => output.now })
    reporter.fact(main, paused)
    reporter.begins?.({ name: 'main' } as PipelineSettings)
    reporter.fact(backlog, paused)
    expect(output.text).toContain(pause('main (backlog)'))
  })
})

test('a lane that is stopped while it could not go on is named at the end, and one that could is not', () => {
  const output = fakeOutput()
  const reporter = progressReporter({ output, now: () => output.now })
  const backlog = { ...main, lane: 'backlog' }
  reporter.started([main], 'state.db')
  reporter.fact(main, committed)
  reporter.fact(backlog, paused)
  output.text = ''
  reporter.finished([{ pipeline: 'main', delivered: { delivered: 10, quarantined: 0, repeats: 0 } }])
  const [result, ...others] = output.text.trimEnd().split('\n')
  expect(result).toContain('10 events delivered')
  expect(others).toEqual([
    '! main (backlog): stopped while it could not go on (unauthorized). The next run continues there.',
  ])
})

test('the line of a lane that is stopped says at what time it goes on', () => {
  const output = fakeOutput()
  const reporter = progressReporter({ output, now: () => output.now })
  reporter.started([main], 'state.db')
  const after = (fact: Fact): string => {
    output.now += 2_000
    output.text = ''
    reporter.fact(main, fact)
    return output.text.trimEnd().split('\n').at(-1) ?? ''
  }
  const busy: Fact = {
    ...{ type: 'retrying', part: 'sink', code: 'busy', message: 'It is busy.', failures: 1, waitMs: 30_000 },
  }
  expect(after(busy)).toBe('  main: 0 events, next try at 00:00:32 UTC (busy)')
  expect(after(paused)).toBe('  main: 0 events, paused until 00:05:04 UTC (unauthorized)')
  expect(after({ type: 'resumed', part: 'sink', afterMs: 1_000 })).toBe('  main: 0 events, reading')
})

test('a time range shows the share read, the speed, its limit and the time left, in 80 columns', () => {
  const output = fakeOutput()
  const reporter = progressReporter({ output, now: () => output.now })
  const lane = { pipeline: '1234567890123456 otlp', lane: 'backfill' }
  reporter.started([lane], 'state.db')
  output.now += 570_000
  const [from, until] = ['2026-01-01T00:00:00Z', '2026-01-11T00:00:00Z']
  const newestAt = '2026-01-05T12:00:00Z'
  reporter.fact(lane, { ...committed, events: 1_172_827, newestAt })
  reporter.fact(lane, { type: 'covered', from, until, upTo: newestAt, limitedBy: 'destination' })
  output.now += 30_000
  reporter.fact(lane, { ...committed, events: 61_740, newestAt })
  const line = output.text.trimEnd().split('\n').at(-1) ?? ''
  expect(line).toBe('  backfill: 45 %, 1,234,567 events, 2,058/s, 12 min left, limit: destination')
  expect(line.length).toBeLessThanOrEqual(80)
})

test('on a terminal, progress is redrawn from the first column, even after a ^C, and sentences break between words', () => {
  const output = { ...fakeOutput(), isTTY: true, columns: 40 }
  const reporter = progressReporter({ output, now: () => output.now })
  reporter.started([main], 'state.db')
  reporter.fact(main, paused)
  output.text = ''
  reporter.stopping('SIGINT')
  expect(output.text.startsWith('\r\x1b[1A\x1b[J')).toBe(true)
  const lines = output.text.slice(output.text.indexOf('Stopping')).split('\n').slice(0, -2)
  expect(lines.join(' ').replaceAll(/ +/g, ' ')).toContain('Interrupt again to stop at once. Both are safe.')
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40)
})

test('a failed pipeline is reported with what it had delivered before', () => {
  const output = fakeOutput()
  const reporter = progressReporter({ output, now: () => output.now })
  reporter.started([main], 'state.db')
  const broken = fault({ fault: 'fatal', code: 'wrong_token', message: 'Asana refuses the token.' })
  const delivered = { delivered: 1_200, quarantined: 1, repeats: 0 }
  output.text = ''
  reporter.finished([{ pipeline: 'main', delivered, fault: broken }])
  expect(output.text).toMatch(
    /✗ main: Asana refuses the token\. Before that: 1,200 events delivered in .*, 1 put in quarantine/,
  )
  output.text = ''
  reporter.finished([
    { pipeline: 'main', delivered: { ...delivered, delivered: 0, quarantined: 0 }, fault: broken },
  ])
  expect(output.text.trim()).toBe('✗ main: Asana refuses the token.')
})

describe('a write of which many events were put in quarantine', () => {
  const quarantined = (id: number, reason = 'The receiver took 999 of 1,000.'): Fact => ({
    ...{ type: 'quarantined', kind: 'uncertain', id: String(id), code: 'partial_success', reason },
  })
  const ids = Array.from({ length: 1_000 }, (_, index) => index + 1)

  test('is one line for a person, which says how many, which, why, and how to see all', () => {
    const output = fakeOutput()
    const reporter = progressReporter({ output, now: () => output.now })
    reporter.started([main], 'state.db')
    output.text = ''
    for (const id of ids) reporter.fact(main, quarantined(id))
    reporter.fact(main, quarantined(2_001, 'It is too large.'))
    reporter.fact(main, committed)
    reporter.fact(main, quarantined(3_001))
    reporter.fact(main, committed)
    expect(output.text.split('\n').filter((line) => line.startsWith('!'))).toEqual([
      '! main: 1,000 events were put in quarantine (the first is 1, the last 1000; asana-audit quarantine list shows all of them): The receiver took 999 of 1,000.',
      '! main: event 2001 was put in quarantine: It is too large.',
      '! main: event 3001 was put in quarantine: The receiver took 999 of 1,000.',
    ])
  })

  test('is one object for each event in JSON', () => {
    let text = ''
    const reporter = logReporter({ write: (line) => (text += line) })
    for (const id of ids) reporter.fact(main, quarantined(id))
    reporter.fact(main, committed)
    const logged = text.trimEnd().split('\n')
    expect(logged.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(ids.map(String))
  })
})

test('events too old for the destination are reported once, then counted, and at the end with what to do', () => {
  const tooOld: Fact = {
    type: 'too_old',
    events: 1_000,
    oldestAt: '2026-01-01T00:00:00Z',
    newestAt: '2026-01-02T00:00:00Z',
    reason: 'It is too old.',
  }
  const results = [{ pipeline: 'main', delivered: { delivered: 10, quarantined: 3_000, repeats: 0 } }]
  const [log, human] = [fakeOutput(), fakeOutput()]
  const reporters = [
    logReporter(log as never, () => log.now),
    progressReporter({ output: human, now: () => human.now }),
  ]
  for (const reporter of reporters) {
    reporter.started([main], 'state.db')
    for (let commit = 0; commit < 3; commit += 1) reporter.fact(main, tooOld)
    for (const { now } of [log, human]) log.now = human.now = now + 60_000
    reporter.fact(main, committed)
    reporter.finished(results)
  }
  const lines = log.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.filter(({ message }) => message === 'too_old')).toMatchObject([
    { level: 'error', events: 1_000 },
  ])
  for (const message of ['progress', 'finished']) {
    expect(lines.find((line) => line.message === message)).toMatchObject({ tooOld: 3_000 })
  }
  expect(human.text.split('\n').filter((line) => line.includes('It is too old.'))).toHaveLength(1)
  expect(human.text).toContain('10 events, 3,000 too old')
  expect(human.text).toContain(
    '3,000 of these too old for the destination (raise its limit, then asana-audit quarantine replay)',
  )
})

const everything: Fact[] = [
  caughtUp,
  committed,
  { type: 'retrying', part: 'sink', code: 'http_503', message: 'It is busy.', failures: 1, waitMs: 1_000 },
  { type: 'resumed', part: 'sink', afterMs: 1_000 },
  { type: 'write_accepted', records: 2, ms: 1, delaysMs: [1, 2] },
  paused,
]

test.for([
  ['error', ['paused', 'failed']],
  ['warn', ['no_color', 'retrying', 'paused', 'failed']],
  ['info', ['started', 'no_color', 'retrying', 'resumed', 'paused', 'failed', 'finished']],
] as const)('a log of the level %s shows that level and all that is more urgent', ([least, expected]) => {
  const [json, human] = [fakeOutput(), fakeOutput()]
  for (const reporter of [
    logReporter(json as never, () => json.now, least),
    progressReporter({ output: human, now: () => human.now, least }),
  ]) {
    reporter.started([main], 'state.db')
    reporter.warning('main', { code: 'no_color', message: 'Without colours.' })
    for (const fact of everything) reporter.fact(main, fact)
    reporter.failed(fault({ fault: 'fatal', code: 'gone', message: 'It is gone.' }), 'other')
    reporter.finished([{ pipeline: 'main', delivered: { delivered: 10, quarantined: 0, repeats: 0 } }])
  }
  const messages = json.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).message)
  expect(messages).toEqual(expected)
  const sentences = {
    started: 'positions are kept',
    no_color: 'Without colours.',
    retrying: 'Trying again.',
    resumed: 'works again.',
    paused: 'wants another token.',
    failed: 'It is gone.',
    finished: '10 events delivered',
  }
  const said = Object.entries(sentences).filter(([, text]) => human.text.includes(text))
  expect(said.map(([name]) => name)).toEqual(expected)
})

test('a log of the level debug has every fact, without a number for each event', () => {
  const [json, human] = [fakeOutput(), fakeOutput()]
  for (const reporter of [
    logReporter(json as never, () => json.now, 'debug'),
    progressReporter({ output: human, now: () => human.now, least: 'debug' }),
  ]) {
    for (const fact of everything) reporter.fact(main, fact)
  }
  const lines = json.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ message }) => message)).toEqual(everything.map(({ type }) => type))
  expect(lines.find(({ message }) => message === 'page_read')).toMatchObject({ level: 'debug', bytes: 2 })
  expect(json.text).not.toContain('delaysMs')
  expect(human.text).toContain('main: page_read')
})

test('what was read twice in search of late events is told as such, and not as a repeat', () => {
  const results = [{ pipeline: 'main', delivered: { delivered: 1_000, quarantined: 0, repeats: 1_565 } }]
  const [human, json] = [fakeOutput(), fakeOutput()]
  progressReporter({ output: human as never, now: () => human.now }).finished(results)
  expect(human.text).toContain('1,565 read again to find late ones, and not sent again')
  expect(human.text).not.toContain('repeat')
  logReporter(json as never, () => json.now).finished(results)
  expect(JSON.parse(json.text)).toMatchObject({ message: 'finished', delivered: 1_000, readAgain: 1_565 })
  expect(json.text).not.toContain('repeat')
})

import type { Fact } from '@asana-audit/core'
import { describe, expect, test } from 'vitest'
import { type WorkerLogOptions, workerLog } from '../../src/fleet/worker-log.ts'

const acme = { name: 'acme', workspace: '42' }
const requested: Fact = { type: 'requested', status: 200, ms: 1, waitedMs: 0 }
const committed: Fact = {
  ...{
    type: 'committed',
    unsaved: 0,
    events: 3,
    ms: 1,
    newestAt: undefined,
    ageMs: undefined,
    deletedInMs: undefined,
  },
}
const paused: Fact = {
  ...{
    type: 'paused',
    part: 'source',
    code: 'unauthorized',
    message: 'Asana refuses the token.',
    waitMs: 300_000,
  },
}

function logOf(options: Partial<WorkerLogOptions>) {
  const written: string[] = []
  let time = 0
  const log = workerLog({
    ...{ form: 'json', least: 'info', now: () => time, ...options },
    output: { write: (text) => void written.push(text) },
  })
  const pass = (ms: number): void => {
    time += ms
  }
  return { log, written, pass }
}

test('what may need a person is a line at once, with tenant and workspace', () => {
  const { log, written } = logOf({})
  log.fact(requested, acme, 'live')
  log.fact(paused, acme, 'live')
  expect(written.map((line) => JSON.parse(line) as object)).toEqual([
    {
      ...{
        time: '1970-01-01T00:00:00.000Z',
        level: 'error',
        message: 'paused',
        tenant: 'acme',
        workspace: '42',
      },
      ...{
        lane: 'live',
        part: 'source',
        code: 'unauthorized',
        waitMs: 300_000,
        detail: 'Asana refuses the token.',
      },
    },
  ])
})

test('everything else is a summary, which begins anew each time', () => {
  const { log, written, pass } = logOf({})
  for (const name of ['acme', 'beta', 'acme']) log.fact(requested, { ...acme, name }, 'live')
  log.fact(committed, acme, 'live')
  pass(30_000)
  log.progress()
  log.progress()
  expect(written.map((line) => JSON.parse(line) as object)).toMatchObject([
    { message: 'progress', seconds: 30, tenants: 2, requests: 3, events: 3, quarantined: 0, retries: 0 },
    { message: 'progress', seconds: 0, tenants: 0, requests: 0, events: 0 },
  ])
})

test('events that go to quarantine together are one sentence, and one object each in JSON', () => {
  const reason = 'The receiver took 1 of 3.'
  const facts: Fact[] = ['1', '2', '3'].map((id) => ({
    ...{ type: 'quarantined', kind: 'uncertain', id, code: 'partial_success', reason },
  }))
  const written = (form: 'human' | 'json'): string[] => {
    const told = logOf({ form })
    for (const fact of [...facts, committed]) told.log.fact(fact, acme, 'live')
    return told.written
  }
  expect(written('human')).toEqual([
    `! acme: 3 events were put in quarantine (the first is 1, the last 3; asana-audit quarantine list shows all of them): ${reason}\n`,
  ])
  expect(written('json').map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['1', '2', '3'])
})

test('a person reads sentences', () => {
  const { log, written, pass } = logOf({ form: 'human' })
  log.started('one', 68, undefined)
  log.fact(paused, acme, 'backlog')
  log.fact(requested, acme, 'live')
  log.fact(committed, acme, 'live')
  pass(30_000)
  log.progress()
  expect(written).toEqual([
    'The worker one makes 68 turns at once.\n',
    '! acme (backlog): Asana refuses the token.\n',
    '  1 tenant polled in 30 s, 1 request, 3 events delivered\n',
  ])
})

describe('a trouble that stops both lanes of a tenant', () => {
  const retrying: Fact = {
    ...{ type: 'retrying', part: 'sink', code: 'down', message: 'It is down.', failures: 1, waitMs: 1_000 },
  }
  const resumed: Fact = { type: 'resumed', part: 'sink', afterMs: 1_000 }

  function told() {
    const { log, written, pass } = logOf({ form: 'human' })
    const fact = (lane: string, one: Fact, tenant = acme): void => log.fact(one, tenant, lane)
    return { fact, pass, log, lines: () => written.splice(0).map((line) => line.trim()) }
  }

  test('is one line for a person, and one when it is over for both', () => {
    const { fact, lines } = told()
    fact('live', retrying)
    fact('backlog', retrying)
    fact('live', { ...retrying, failures: 2, waitMs: 2_000 })
    fact('live', resumed)
    expect(lines()).toEqual(['! acme: It is down. Trying again.'])
    fact('backlog', resumed)
    expect(lines()).toEqual(['acme: works again.'])
    fact('backlog', retrying)
    expect(lines()).toEqual(['! acme (backlog): It is down. Trying again.'])
  })

  test('is a line each for two tenants', () => {
    const { fact, lines } = told()
    fact('live', paused)
    fact('live', paused, { ...acme, name: 'beta' })
    expect(lines()).toEqual(['! acme: Asana refuses the token.', '! beta: Asana refuses the token.'])
  })

  test('is reported after each pause, by the lane that tries first', () => {
    const { fact, pass, log, lines } = told()
    for (const lane of ['live', 'backlog', 'live']) {
      fact(lane, paused)
      fact(lane === 'live' ? 'backlog' : 'live', paused)
      log.progress()
      pass(300_000)
    }
    const pauses = lines().filter((line) => line.startsWith('!'))
    expect(pauses).toEqual([
      '! acme: Asana refuses the token.',
      '! acme (backlog): Asana refuses the token.',
      '! acme: Asana refuses the token.',
    ])
  })

  test('is two lines if they ask a person for two things', () => {
    const { fact, lines } = told()
    fact('live', paused)
    fact('backlog', { ...paused, message: 'Asana refuses the filters.' })
    expect(lines()).toEqual([
      '! acme: Asana refuses the token.',
      '! acme (backlog): Asana refuses the filters.',
    ])
  })

  test('is reported by the other lane when the first lane is silent: another worker may have its turns', () => {
    const { fact, pass, lines } = told()
    fact('live', retrying)
    pass(60_000)
    fact('backlog', retrying)
    expect(lines()).toHaveLength(1)
    pass(120_000)
    fact('backlog', retrying)
    expect(lines()).toEqual(['! acme (backlog): It is down. Trying again.'])
  })

  test('is a line of JSON for each lane', () => {
    const { log, written } = logOf({})
    for (const lane of ['live', 'backlog']) log.fact(paused, acme, lane)
    expect(written.map((line) => (JSON.parse(line) as { lane: string }).lane)).toEqual(['live', 'backlog'])
  })
})

test('that the database is gone is one line for a person, whoever needs it, and one when it is back', () => {
  const gone: Fact = {
    ...{ type: 'retrying', part: 'state', code: 'state_unreachable', message: 'It cannot be reached.' },
    ...{ failures: 1, waitMs: 1_000 },
  }
  const back: Fact = { type: 'resumed', part: 'state', afterMs: 1_000 }
  const { log, written } = logOf({ form: 'human' })
  for (const fact of [gone, back]) {
    log.database(fact)
    for (const name of ['acme', 'beta']) log.fact(fact, { ...acme, name }, 'live')
    log.database(fact)
  }
  expect(written).toEqual([
    '! The database: It cannot be reached. Trying again.\n',
    '  The database: works again.\n',
  ])
})

test('with a level, only what is as urgent is written', () => {
  const { log, written } = logOf({ least: 'error' })
  log.started('one', 68, undefined)
  log.progress()
  log.fact(paused, acme, 'live')
  expect(written).toHaveLength(1)
})

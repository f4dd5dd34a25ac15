import type { Fact } from '@asana-audit/core'
import { expect, test } from 'vitest'
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

test('with a level, only what is as urgent is written', () => {
  const { log, written } = logOf({ least: 'error' })
  log.started('one', 68, undefined)
  log.progress()
  log.fact(paused, acme, 'live')
  expect(written).toHaveLength(1)
})

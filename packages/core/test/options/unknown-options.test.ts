import {
  type AuditLogRequest,
  asanaBackfill,
  asanaSource,
  deliver,
  deliverLanes,
  getAuditLogEvents,
  isFault,
  requestBudget,
} from '@asana-audit/core'
import { expect, test } from 'vitest'
import { faultOf } from '../support/fault-of.ts'
import { page, scriptedAsana } from '../support/scripted-asana.ts'

/** As from plain JavaScript: no compiler has looked at it. */
const unchecked = (options: object): never => options as never

const access = { workspace: '42', token: 't', baseUrl: 'http://127.0.0.1:9' }

const cases: readonly [string, () => unknown, string, string][] = [
  [
    'getAuditLogEvents',
    () => getAuditLogEvents(unchecked({ ...access, start_at: 'x' })),
    'start_at',
    'startAt',
  ],
  ['asanaSource', () => asanaSource(unchecked({ ...access, untill: 'x' })), 'untill', 'until'],
  [
    'a filter',
    () => asanaSource(unchecked({ ...access, filters: { eventtype: 'x' } })),
    'eventtype',
    'eventType',
  ],
  [
    'asanaSource',
    () => asanaSource(unchecked({ ...access, settledWindow: 1 })),
    'settledWindow',
    'settledWindowMs',
  ],
  ['asanaBackfill', () => asanaBackfill(unchecked({ ...access, sinse: 'x' })), 'sinse', 'since'],
  ['deliver', () => deliver(unchecked({ onfatal: 'reject' })), 'onfatal', 'onFatal'],
  ['deliverLanes', () => deliverLanes(unchecked({ onUncertian: 'stop' })), 'onUncertian', 'onUncertain'],
  ['requestBudget', () => requestBudget(unchecked({ perminute: 10 })), 'perminute', 'perMinute'],
]
test.each(cases)(
  '%s refuses a name it does not know, with the nearest there is',
  async (_, call, name, nearest) => {
    const found = await faultOf((async () => call())())
    expect(found).toMatchObject({ fault: 'fatal', code: 'unknown_option' })
    expect(found.message).toContain(`"${name}"`)
    expect(found.message).toContain(`The nearest is ${nearest}.`)
  },
)

test('a name of Object.prototype is not an option', () => {
  let thrown: unknown
  try {
    requestBudget(unchecked({ constructor: 1 }))
  } catch (error) {
    thrown = error
  }
  expect(isFault(thrown) && thrown.code).toBe('unknown_option')
})

test('an unknown name with the value undefined is allowed', async () => {
  await using asana = await scriptedAsana(page([], null))
  const request = {
    ...access,
    baseUrl: asana.baseUrl,
    startAt: undefined,
    other: undefined,
  } satisfies AuditLogRequest & {
    other: undefined
  }
  expect((await getAuditLogEvents(request)).data).toEqual([])
})

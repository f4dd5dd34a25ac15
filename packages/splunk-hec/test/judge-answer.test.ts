import { describe, expect, test } from 'vitest'
import { judgeAnswer, type Sent, type Verdict } from '../src/answers/judge-answer.ts'
import { hecCodeTable, reply } from './support/hec-receiver.ts'

const sent: Sent = {
  url: new URL('https://splunk.example.com:8088/services/collector/event'),
  token: 't',
  events: 3,
  bytes: 300,
  acceptedBefore: true,
  now: 0,
}

/** The answer to a request with three events. */
function verdict(code: number, more: Record<string, unknown> = {}, of: Partial<Sent> = {}): Verdict {
  const { status = 200, body = '' } = reply(code, more)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return judgeAnswer({ status, headers: {}, body: Buffer.from(text) }, { ...sent, ...of })
}

/** An answer that is not from a collector. */
function plainVerdict(status: number, body = '', of: Partial<Sent> = {}): Verdict {
  return judgeAnswer({ status, headers: {}, body: Buffer.from(body) }, { ...sent, ...of })
}

/** An acknowledgement channel depends on this: any other answer may have used up an id. */
describe('whether the collector accepted no event', () => {
  const certain = [1, 2, 3, 4, 5, 9, 10, 11, 14, 16, 18, 19, 20, 21, 22, 23, 26, 27, 28]
  test.each([...hecCodeTable.keys()])('is decided by code %i itself if it names no event', (code) => {
    expect(verdict(code).untaken).toBe(certain.includes(code))
  })

  test.each([6, 12, 13, 15])('follows from the event that code %i names', (code) => {
    const untaken = [0, 1, 2, 3].map((number) => verdict(code, { 'invalid-event-number': number }).untaken)
    expect(untaken).toEqual([true, false, false, false])
  })

  test('follows from the event after the one that code 7 means', () => {
    const untaken = [0, 1, 2, 3].map((number) => verdict(7, { 'invalid-event-number': number }).untaken)
    expect(untaken).toEqual([false, true, false, false])
  })

  test('is unknown after a server error, whatever it names', () => {
    const untaken = [0, 1].map((number) => verdict(8, { 'invalid-event-number': number }).untaken)
    expect(untaken).toEqual([false, false])
  })

  test('is unknown if the answer is not from a collector', () => {
    expect(verdict(99).untaken).toBe(false)
  })
})

test.each([...hecCodeTable.keys()])(
  'code %i means close to capacity only if it says so and accepts',
  (code) => {
    expect(verdict(code).nearCapacity).toBe(code === 24 || code === 25)
  },
)

test.each([...hecCodeTable.keys()])('code %i accepts if it is 0, 24 or 25', (code) => {
  expect(verdict(code).fault === undefined).toBe([0, 24, 25].includes(code))
})

test('the id to ask about is in the answer, also in a refusal that accepted the events before the bad one', () => {
  expect(verdict(0, { ackId: 7 }).ackId).toBe(7)
  expect(verdict(6, { ackId: 8, 'invalid-event-number': 2 }).ackId).toBe(8)
  expect(verdict(9).ackId).toBeUndefined()
})

test.each([
  [199, false],
  [200, true],
  [299, true],
  [300, false],
])('the code of success accepts with a status of success: %i, %s', (status, accepts) => {
  const { fault } = plainVerdict(status, JSON.stringify({ text: 'Success', code: 0 }))
  expect(fault === undefined).toBe(accepts)
})

describe('how much of the request was accepted', () => {
  test.each([
    [0, undefined],
    [1, 0],
    [3, 2],
    [4, undefined],
  ])(
    'follows from the event after the wrong index: number %i means that %s were accepted',
    (number, accepted) => {
      expect(verdict(7, { 'invalid-event-number': number }).fault).toMatchObject({ code: 'incorrect_index' })
      expect(verdict(7, { 'invalid-event-number': number }).fault?.accepted).toBe(accepted)
    },
  )

  test.each([8, 9])('is unknown after code %i, which refuses no event, whatever it names', (code) => {
    const { fault } = verdict(code, { 'invalid-event-number': 1 })
    expect(fault?.fault).toBe('temporary')
    expect(fault).not.toHaveProperty('at')
    expect(fault).not.toHaveProperty('accepted')
  })
})

/** Splunk Cloud calls the first event bad if the whole body is too large. */
describe('the code for bad data in the first of several events, with a body above a million bytes', () => {
  const bytes = 1_000_001
  const first = { 'invalid-event-number': 0 }

  test('means that the body is too large', () => {
    const { fault } = verdict(6, first, { bytes })
    expect(fault).toMatchObject({ fault: 'rejected', code: 'too_large', at: 'none-taken' })
    expect(fault).not.toHaveProperty('accepted')
  })

  test.each([
    ['a body of a million bytes', verdict(6, first, { bytes: bytes - 1 }), 0],
    ['a single event', verdict(6, first, { bytes, events: 1 }), 0],
    ['a later event', verdict(6, { 'invalid-event-number': 1 }, { bytes }), 1],
    ['another code', verdict(12, first, { bytes }), 0],
  ])('means a bad event if one thing is different: %s', (_, { fault }, at) => {
    expect(fault).toMatchObject({ fault: 'rejected', at, accepted: at })
    expect(fault?.code).not.toBe('too_large')
  })
})

describe('an answer without a code of the collector', () => {
  const host = 'https://splunk.example.com:8088'

  test.each([
    [199, 'unexpected_status'],
    [200, 'not_a_receiver'],
    [299, 'not_a_receiver'],
    [300, 'redirected'],
  ])('counts as delivered with no status: %i is %s', (status, code) => {
    expect(plainVerdict(status).fault).toMatchObject({ code })
  })

  test.each([400, 401, 403])('may be from a proxy or from another server, and a %i says both', (status) => {
    const message = plainVerdict(status).fault?.message
    expect(message).toContain(
      "Not Splunk's HTTP Event Collector, but another server at this address or a proxy before it",
    )
  })

  test.each([
    [301, 'set the address to the target of the redirect'],
    [400, 'refuses a part of this request'],
    [401, 'asks for credentials'],
    [403, 'forbids the request'],
    [404, 'Check the address; HEC usually listens on port 8088'],
    [405, 'It does not accept POST there'],
    [413, 'Raise the limit of the receiver'],
    [415, 'set compression to none (compression, SPLUNK_HEC_COMPRESSION)'],
    [418, "Check that the address is that of Splunk's HTTP Event Collector"],
  ])('says with %i what to look at', (status, nextStep) => {
    const { fault } = plainVerdict(status, '', { acceptedBefore: false })
    expect(fault?.message).toContain(`${host} answered ${status}. `)
    expect(fault?.message).toContain(nextStep)
  })

  test('is reported with what to check if it lasts, and by its status alone while Splunk Cloud is maintained', () => {
    expect(plainVerdict(503).fault?.message).toMatch(/ answered 503\. If it lasts, check .*load balancer/)
    const maintained = plainVerdict(404, '', { acceptedBefore: true }).fault
    expect(maintained).toMatchObject({ fault: 'temporary', message: `${host} answered 404.` })
  })
})

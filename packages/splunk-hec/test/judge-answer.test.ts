import { describe, expect, test } from 'vitest'
import { judgeAnswer, type Verdict } from '../src/judge-answer.ts'
import { hecCodeTable, reply } from './hec-receiver.ts'

/** Of a request with three events. */
function verdict(code: number, more: Record<string, unknown> = {}): Verdict {
  const { status = 200, body = '' } = reply(code, more)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return judgeAnswer(
    { status, headers: {}, body: Buffer.from(text) },
    {
      url: new URL('https://splunk.example.com:8088/services/collector/event'),
      token: 't',
      events: 3,
      bytes: 300,
      acceptedBefore: true,
      now: 0,
    },
  )
}

/** That nothing was taken is what an acknowledgement channel relies on: an id may have been given for all others. */
describe('whether the collector has taken nothing', () => {
  const certain = [1, 2, 3, 4, 5, 9, 10, 11, 14, 16, 18, 19, 20, 21, 22, 23, 26, 27, 28]
  test.each([...hecCodeTable.keys()])('is known of code %i alone, or not', (code) => {
    expect(verdict(code).untaken).toBe(certain.includes(code))
  })

  test.each([6, 12, 13, 15])('follows from the event that code %i names', (code) => {
    const untaken = [0, 1, 2, 3].map((number) => verdict(code, { 'invalid-event-number': number }).untaken)
    expect(untaken).toEqual([true, false, false, false])
  })

  test('follows from the event after the one that code 7 is about', () => {
    const untaken = [0, 1, 2, 3].map((number) => verdict(7, { 'invalid-event-number': number }).untaken)
    expect(untaken).toEqual([false, true, false, false])
  })

  test('never follows from a server error, whatever it names', () => {
    const untaken = [0, 1].map((number) => verdict(8, { 'invalid-event-number': number }).untaken)
    expect(untaken).toEqual([false, false])
  })

  test('is not known of an answer of somebody else', () => {
    expect(verdict(99).untaken).toBe(false)
  })
})

test.each([...hecCodeTable.keys()])(
  'code %i is close to capacity only where it says so and accepts',
  (code) => {
    expect(verdict(code).nearCapacity).toBe(code === 24 || code === 25)
  },
)

test.each([...hecCodeTable.keys()])('code %i accepts where it is 0, 24 or 25', (code) => {
  expect(verdict(code).fault === undefined).toBe([0, 24, 25].includes(code))
})

test('the id to ask about is that of the answer, also of a refusal that took what stands before', () => {
  expect(verdict(0, { ackId: 7 }).ackId).toBe(7)
  expect(verdict(6, { ackId: 8, 'invalid-event-number': 2 }).ackId).toBe(8)
  expect(verdict(9).ackId).toBeUndefined()
})

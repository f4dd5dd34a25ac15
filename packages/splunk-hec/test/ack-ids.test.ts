import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AckRequest, ackIds } from '../src/ack/ack-ids.ts'

test('ids in order are certain after every answer has come', () => {
  const ids = ackIds()
  const [first, second] = [ids.sent(), ids.sent()]
  expect(ids.given(second, 1)).toBe(true)
  expect([ids.isCertain(0), ids.isCertain(1)]).toEqual([false, true])
  expect(ids.given(first, 0)).toBe(true)
  expect(ids.isCertain(0)).toBe(true)
})

test('an id that came before ends the channel, whichever request was sent first', () => {
  const later = ackIds()
  expect(later.given(later.sent(), 0)).toBe(true)
  expect(later.given(later.sent(), 0)).toBe(false)
  const at = ackIds()
  const [first, second] = [at.sent(), at.sent()]
  expect(at.given(first, 0)).toBe(true)
  expect(at.given(second, 0)).toBe(false)
})

test('a lost answer ends a channel with few ids, and has no effect on one with many', () => {
  const young = ackIds()
  young.given(young.sent(), 0)
  expect(young.lost(young.sent(), [0])).toBe(false)
  const old = ackIds()
  for (let id = 0; id < 9; id++) expect(old.given(old.sent(), id)).toBe(true)
  expect(old.lost(old.sent(), [8])).toBe(true)
  expect(old.isCertain(8)).toBe(true)
})

test('a refusal of every event changes nothing', () => {
  const ids = ackIds()
  ids.given(ids.sent(), 0)
  ids.none(ids.sent())
  expect(ids.isCertain(0)).toBe(true)
})

/** A request as the collector sees it. */
interface Sent {
  readonly request: AckRequest
  readonly life: number
  readonly id: number
}

test('after any loss or restart, an id from before the restart is not certain', () => {
  const step = fc.record({
    act: fc.constantFrom('send', 'send', 'answer', 'answer', 'lose', 'restart', 'acknowledge'),
    which: fc.nat(7),
  })
  const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    let ids = ackIds()
    let underWay: Sent[] = []
    let pending: Sent[] = []
    let life = 0
    let next = 0
    const giveUp = (): void => {
      ids = ackIds()
      underWay = []
      pending = []
      next = 0
    }
    for (const { act, which } of steps) {
      const [one] =
        act === 'answer' || act === 'lose' ? underWay.splice(which % (underWay.length || 1), 1) : []
      if (act === 'send') underWay.push({ request: ids.sent(), life, id: next++ })
      if (act === 'restart') {
        life += 1
        next = 0
      }
      if (act === 'acknowledge') {
        pending = pending.filter((sent) => sent.life !== life || !ids.isCertain(sent.id))
      }
      if (one && act === 'answer') {
        pending.push(one)
        if (!ids.given(one.request, one.id)) giveUp()
      }
      if (one && act === 'lose') {
        const waited = pending.map(({ id }) => id)
        if (!ids.lost(one.request, waited)) giveUp()
      }
      // "true" for one of these would mean a request after the restart with the same id.
      for (const sent of pending) {
        if (sent.life !== life && sent.id < next) expect(ids.isCertain(sent.id)).toBe(false)
      }
    }
  })
  fc.assert(property, { numRuns: 5_000 })
})

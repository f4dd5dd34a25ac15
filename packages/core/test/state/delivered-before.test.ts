import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deliveredBeforeIn, withReopened } from '../../src/state/delivered-before.ts'

const hourMs = 3_600_000
const base = Date.parse('2026-02-01T00:00:00Z')
const at = (hours: number): number => base + hours * hourMs

const hours = fc.uniqueArray(fc.integer({ min: 0, max: 30 })).map((list) => list.toSorted((a, b) => a - b))
const newest = fc.option(fc.integer({ min: 0, max: 31 * hourMs }), { nil: undefined })
const steps = fc.array(fc.record({ hours, newest }), { maxLength: 6 })

test('the spans are what was delivered, in order and apart from each other', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 31 * hourMs }), (reopened, moment) => {
      const spans = reopened.reduce<ReturnType<typeof withReopened>>(
        (before, one) =>
          withReopened(before, {
            hours: one.hours.map(at),
            newest: one.newest === undefined ? undefined : base + one.newest,
          }),
        [],
      )
      for (const [index, { from, until }] of spans.entries()) {
        expect(from).toBeLessThan(until)
        if (index > 0) expect(from).toBeGreaterThan(spans[index - 1]!.until)
      }
      const wasDelivered = reopened.some(
        (one) =>
          one.hours.includes(Math.floor(moment / hourMs)) &&
          moment <= (one.newest ?? Number.POSITIVE_INFINITY),
      )
      const isWithin = spans.some(({ from, until }) => base + moment >= from && base + moment < until)
      expect(isWithin).toBe(wasDelivered)
      expect(deliveredBeforeIn(JSON.stringify(spans))).toEqual(spans)
    }),
  )
})

test('the newest event was delivered, and nothing after it', () => {
  const spans = withReopened([], { hours: [at(0), at(2)], newest: at(2) + 10 })
  expect(spans).toEqual([
    { from: at(0), until: at(1) },
    { from: at(2), until: at(2) + 11 },
  ])
})

test('what Asana has deleted since is forgotten', () => {
  const old = withReopened([], { hours: [at(0)], newest: undefined })
  const later = at(92 * 24)
  expect(withReopened(old, { hours: [later], newest: undefined }, later)).toEqual([
    { from: later, until: later + hourMs },
  ])
})

test('an event from the future does not let the others be forgotten', () => {
  const future = Date.parse('2099-01-01T00:00:00Z')
  expect(withReopened([], { hours: [at(0), future], newest: future }, at(1))).toEqual([
    { from: at(0), until: at(1) },
    { from: future, until: future + 1 },
  ])
})

test.each(['', '{}', '[{"from":"x","until":2}]', '[null]'])(
  'a note that another program has changed to %j is a fault',
  (note) => {
    expect(() => deliveredBeforeIn(note)).toThrow(
      expect.objectContaining({ fault: 'fatal', code: 'corrupt_state' }),
    )
  },
)

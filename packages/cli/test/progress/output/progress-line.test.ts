import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { type LineOptions, progressLine } from '../../../src/progress/output/progress-line.ts'
import { newLaneTotals, type ProgressTotals } from '../../../src/progress/totals/progress-totals.ts'

const now = Date.parse('2026-03-31T00:00:00Z')
const day = 86_400_000
const options: LineOptions = {
  name: 'main',
  reads: 'everything',
  trouble: undefined,
  seconds: 60,
  rate: 20_576,
  now,
  width: undefined,
}
const [from, until] = ['2026-01-01T00:00:00Z', '2026-01-11T00:00:00Z']
const covered = (upTo: string): ProgressTotals['covered'] => ({
  ...{ type: 'covered', from, until, upTo, limitedBy: 'destination' },
})

function totals(changes: Partial<ProgressTotals>): ProgressTotals {
  return { ...newLaneTotals().of({ pipeline: 'main', lane: 'live' }), ...changes }
}

const busy = totals({
  ...{ events: 1_234_567, read: 1_300_000, covered: covered('2026-01-05T12:00:00Z') },
  newestAt: '2026-01-05T12:00:00Z',
})

test.each([
  [80, '  1234567890123456 otlp (backlog): 45 %, 1,234,567 events, 1 min left'],
  [60, '  1234567890123456 otlp (backlog): 45 %, 1,234,567 events'],
  [50, '  1234567890123456 otlp …: 45 %, 1,234,567 events'],
])('at %i columns, whole pieces are left out, the least important first', (width, shown) => {
  expect(progressLine(busy, { ...options, name: '1234567890123456 otlp (backlog)', width })).toBe(shown)
})

test('a line is never wider than the terminal, and no word after the name is cut', () => {
  const whole = progressLine(busy, options)
  const pieces = new Set(whole.slice(whole.indexOf(': ') + 2).split(', '))
  const property = fc.property(
    fc.integer({ min: 40, max: 200 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    (width, name) => {
      const line = progressLine(busy, { ...options, name, width })
      expect(stringWidth(line)).toBeLessThan(width)
      const shown = line.slice(line.lastIndexOf(': 45 %') + 2).split(', ')
      expect(shown.filter((piece) => !pieces.has(piece))).toEqual([])
    },
  )
  fc.assert(property)
})

test('every line is narrower than the terminal, in every state', () => {
  const part = { covered: covered('2026-01-02T00:00:00Z'), read: 121 }
  const states = [{}, part, { events: 1_234_567 }, { ...part, events: 9 }]
  const property = fc.property(
    fc.constantFrom(...states),
    fc.integer({ min: 20, max: 90 }),
    fc.constantFrom('everything', 'new events', 'a time range'),
    fc.constantFrom(undefined, 'next try at 03:12:45 UTC (asana_unavailable)'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    (state, width, reads, trouble, name) => {
      const line = progressLine(totals(state), { ...options, name, width, reads, trouble })
      expect(stringWidth(line)).toBeLessThan(width)
    },
  )
  fc.assert(property)
})

test.each([
  [0, '93 % of the time read, no event in it so far'],
  [4_200, '93 % of the time read, 4,200 events read, none delivered yet'],
])('a time range that has delivered nothing says why, with %i events read', (read, reason) => {
  const upTo = new Date(Date.parse(from) + 9.3 * day).toISOString()
  expect(progressLine(totals({ read, covered: covered(upTo) }), options)).toContain(reason)
})

test('an empty answer is "caught up" only in a lane that reads everything', () => {
  const idle = totals({ atEnd: true })
  const line = (reads: LineOptions['reads']): string => progressLine(idle, { ...options, rate: 0, reads })
  expect(line('everything')).toBe('  main: 0 events, caught up')
  expect(line('new events')).toBe('  main: no new events yet, waiting for new ones')
  expect(line('a time range')).toBe('  main: 0 events, reading')
})

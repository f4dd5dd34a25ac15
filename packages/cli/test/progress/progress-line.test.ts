import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { type LineOptions, progressLine } from '../../src/progress/progress-line.ts'
import { newTallies, type Tally } from '../../src/progress/tally.ts'

const now = Date.parse('2026-03-31T00:00:00Z')
const day = 86_400_000
const options: LineOptions = { name: 'main', besideBacklog: false, seconds: 60, now, width: undefined }
const [from, until] = ['2026-01-01T00:00:00Z', '2026-01-11T00:00:00Z']
const covered = (upTo: string): Tally['covered'] => ({
  ...{ type: 'covered', from, until, upTo, limitedBy: 'destination' },
})

function tally(changes: Partial<Tally>): Tally {
  return { ...newTallies().of({ pipeline: 'main', lane: 'live' }), ...changes }
}

const busy = tally({
  ...{ events: 1_234_567, read: 1_300_000, covered: covered('2026-01-05T12:00:00Z') },
  newestAt: '2026-01-05T12:00:00Z',
})

test.each([
  [80, '  1234567890123456 otlp (backlog): 45 %, 1,234,567 events, 1 min left'],
  [60, '  1234567890123456 otlp (backlog): 45 %, 1,234,567 events'],
  [50, '  1234567890123456 otlp …: 45 %, 1,234,567 events'],
])('where %i columns are too few, whole pieces are left out, the least telling first', (width, shown) => {
  expect(progressLine(busy, { ...options, name: '1234567890123456 otlp (backlog)', width })).toBe(shown)
})

test('a line never overruns the terminal, and no word of what it tells is cut', () => {
  const whole = progressLine(busy, options)
  const pieces = new Set(whole.slice(whole.indexOf(': ') + 2).split(', '))
  const property = fc.property(
    fc.integer({ min: 40, max: 200 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    (width, name) => {
      const line = progressLine(busy, { ...options, name, width })
      expect(stringWidth(line)).toBeLessThan(width)
      const told = line.slice(line.lastIndexOf(': 45 %') + 2).split(', ')
      expect(told.filter((piece) => !pieces.has(piece))).toEqual([])
    },
  )
  fc.assert(property)
})

test('no line is as wide as a terminal, whatever it has to tell', () => {
  const part = { covered: covered('2026-01-02T00:00:00Z'), read: 121 }
  const trouble = 'retrying in 30 s (asana_unavailable)'
  const states = [{}, part, { ...part, trouble }, { trouble, events: 1_234_567 }, { ...part, events: 9 }]
  const property = fc.property(
    fc.constantFrom(...states),
    fc.integer({ min: 20, max: 90 }),
    fc.boolean(),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    (state, width, besideBacklog, name) => {
      const line = progressLine(tally(state), { ...options, name, width, besideBacklog })
      expect(stringWidth(line)).toBeLessThan(width)
    },
  )
  fc.assert(property)
})

test.each([
  [0, '93 % of the time read, no event in it so far'],
  [4_200, '93 % of the time read, 4,200 events read, none delivered yet'],
])('a time range that has delivered nothing says why, with %i events read', (read, said) => {
  const upTo = new Date(Date.parse(from) + 9.3 * day).toISOString()
  expect(progressLine(tally({ read, covered: covered(upTo) }), options)).toContain(said)
})

test('new events are not "caught up" beside a backlog that is still to come', () => {
  const idle = tally({ caughtUp: true })
  expect(progressLine(idle, options)).toBe('  main: 0 events, caught up')
  expect(progressLine(idle, { ...options, besideBacklog: true })).toBe(
    '  main: no new events yet, waiting for new ones',
  )
})

import { toJsonText } from '@asana-audit/schema/lossless'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { counter } from '../../src/query/counter.ts'
import { eventField } from '../../src/query/event-field.ts'
import { utc } from '../../src/query/zone.ts'
import { event } from '../support/archive.ts'

test('every key within the capacity is counted exactly, and the others are counted together', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 })), fc.integer({ min: 0, max: 400 }), (keys, capacity) => {
      const counted = counter(capacity)
      for (const key of keys) counted.add(key)
      const counts = counted.sorted()
      for (const [key, count] of counts) expect(count).toBe(keys.filter((one) => one === key).length)
      const shown = counts.reduce((sum, [, count]) => sum + count, 0)
      expect(shown + counted.others).toBe(keys.length)
      expect(counted.total).toBe(keys.length)
      expect(counts.map(([, count]) => count)).toEqual(counts.map(([, count]) => count).sort((a, b) => b - a))
    }),
  )
})

test('about 80,000 addresses are counted each', () => {
  const counted = counter()
  for (let index = 0; index < 100_000; index += 1)
    counted.add(`${100_000 + index}.person.of.the.house@example.com`)
  expect(counted.size).toBeGreaterThan(75_000)
  expect(counted.size).toBeLessThan(85_000)
})

test('the number of keys in memory is bounded', () => {
  const counted = counter()
  const long = 'x'.repeat(1_000)
  for (let index = 0; index < 20_000; index += 1) counted.add(`${index}${long}`)
  expect(counted.size).toBeLessThan(8_000)
  expect(counted.others).toBe(20_000 - counted.size)
})

const full = event('1', {
  created_at: '2026-02-01T23:59:59.999Z',
  details: {
    method: ['SAML', 'PASSWORD'],
    groups: [{ name: 'a' }, { name: 'b' }],
    on: false,
    left: 0,
    o: { k: 1 },
  },
})

test.each([
  ['actor.email', 'ada@example.com'],
  ['context.client_ip_address', '192.0.2.7'],
  ['details.method', 'SAML, PASSWORD'],
  ['details.groups.name', 'a, b'],
  ['details.on', 'false'],
  ['details.left', '0'],
  ['details.o', toJsonText({ k: 1 })],
  ['month', '2026-02'],
  ['day', '2026-02-01'],
  ['hour', '2026-02-01 23:00'],
  ['hour_of_day', '23:00'],
  ['weekday', '7 Sunday'],
  ['actor', 'Ada Lovelace'],
  ['resource', 'Ada Lovelace'],
  ['nothing.at.all', undefined],
  ['constructor', undefined],
  ['actor.constructor', undefined],
  ['', undefined],
])('the field %s of an event is read', (name, value) => {
  expect(eventField(name, utc).read(full)).toBe(value)
})

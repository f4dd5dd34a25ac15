import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endlessValue, mmdb } from '../../../test/support/data/mmdb.ts'
import { BadContent, mmdbContent } from '../src/mmdb-content.ts'

const databases = [
  mmdb({
    '192.0.2.0/24': { country: { iso_code: 'DE' } },
    '2001:db8::/32': { city: { names: { en: 'Ulm' } } },
  }),
  mmdb({ '192.0.2.0/24': endlessValue(3), '198.51.100.0/24': [1.5, true, 'text'] }, { recordSize: 24 }),
]
const place = fc.nat({ max: Math.max(...databases.map(({ length }) => length)) })
const changes = fc.array(fc.record({ at: place, byte: fc.nat({ max: 255 }) }), { maxLength: 6 })
const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('192.0.2.7', '198.51.100.7', '2001:db8::7'))

test('a database with any changes is refused, or every look-up ends without an error', () => {
  let used = 0
  fc.assert(
    fc.property(fc.constantFrom(...databases), changes, fc.array(address), (database, changed, addresses) => {
      const bytes = Buffer.from(database)
      for (const { at, byte } of changed) if (at < bytes.length) bytes[at] = byte
      try {
        const { lookup } = mmdbContent(bytes, 'geo')
        used += 1
        for (const one of addresses) lookup(one)
      } catch (error) {
        expect(error).toBeInstanceOf(BadContent)
      }
    }),
    { numRuns: 500 },
  )
  expect(used).toBeGreaterThan(50)
})

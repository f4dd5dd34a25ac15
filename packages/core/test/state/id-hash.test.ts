import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addHash, hashSum, idHash } from '../../src/state/id-hash.ts'

test('adding up ids one by one gives the sum of their hashes', () => {
  const id = fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 17n }).map(String), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(fc.array(id, { maxLength: 50 }), (ids) => {
      const sum = hashSum()
      for (const one of ids) sum.add(one)
      expect(sum.total()).toBe(ids.reduce((total, one) => addHash(total, idHash(one)), 0n))
    }),
  )
})

test('the hash of an id is the one that is in the ledgers of earlier versions', () => {
  expect(idHash('1209000003962543')).toBe(6878388467318872933n)
})

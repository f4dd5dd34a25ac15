import { expect, test } from 'vitest'
import { longestGaps } from '../support/fleet/longest-gap.ts'

const tenants = ['a', 'b', 'c']

test('tenants that take turns stand still for a round at most', () => {
  const polls = Array.from({ length: 30 }, (_, index) => tenants[index % 3]!)
  expect(longestGaps(polls, tenants)).toEqual(tenants.map((tenant) => ({ tenant, rounds: 1 })))
})

test('a tenant that stands still while the others go on has a gap of as many rounds, also at the end', () => {
  const others = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'a' : 'b'))
  const gap = { tenant: 'c', rounds: 10 }
  expect(longestGaps(['c', ...others, 'c'], tenants)).toContainEqual(gap)
  expect(longestGaps(['c', ...others], tenants)).toContainEqual(gap)
})

test('a tenant that is read often does not hide another, and makes no gap by itself', () => {
  const polls = ['a', 'b', 'c', ...Array.from({ length: 50 }, () => 'a'), 'b', 'c']
  const gaps = longestGaps(polls, [...tenants, 'd'])
  expect(gaps.find(({ tenant }) => tenant === 'b')?.rounds).toBeLessThan(50)
})

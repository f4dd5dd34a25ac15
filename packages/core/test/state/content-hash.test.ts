import { canonicalJson, parseLosslessJson } from '@asana-audit/schema/lossless'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addContent, contentHash } from '../../src/state/content-hash.ts'

const json = fc.jsonValue({ maxDepth: 4 })

/** The same value with the members of all objects in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  )
}

test('the hash is the same exactly where the canonical form is', () => {
  fc.assert(
    fc.property(json, json, (one, other) => {
      expect(contentHash(reversed(one))).toBe(contentHash(one))
      expect(contentHash(one) === contentHash(other)).toBe(canonicalJson(one) === canonicalJson(other))
    }),
    { seed: 7, numRuns: 2_000 },
  )
})

const event = {
  gid: '1200000000000001',
  actor: { email: 'a@example.com', name: 'A' },
  details: { old_value: 'x', new_value: 'y', list: [1, 2], none: null, empty: {}, on: true },
}

test.each<[string, (copy: typeof event) => unknown]>([
  ['a text', (copy) => (copy.actor.name = 'B')],
  ['the kind of a value', (copy) => Object.assign(copy.details, { on: 'true' })],
  ['a number into its text', (copy) => Object.assign(copy.details, { list: ['1', 2] })],
  ['null into an empty text', (copy) => Object.assign(copy.details, { none: '' })],
  ['an empty object into an empty list', (copy) => Object.assign(copy.details, { empty: [] })],
  ['the order of a list', (copy) => copy.details.list.reverse()],
  ['two members, swapped', ({ details }) => Object.assign(details, { old_value: 'y', new_value: 'x' })],
  ['the name of a member', (copy) => Object.assign(copy, { actor: { email: 'a@example.com', nane: 'A' } })],
  [
    'a member, moved up',
    (copy) => Object.assign(copy, { 'actor.name': 'A', actor: { email: 'a@example.com' } }),
  ],
  ['a member, gone', (copy) => Object.assign(copy, { actor: { email: 'a@example.com' } })],
])('it changes with %s', (_, change) => {
  const copy = structuredClone(event)
  change(copy)
  expect(contentHash(copy)).not.toBe(contentHash(event))
})

test('numbers that JSON cannot hold, and values of any depth, have one too', () => {
  expect(contentHash(Number.POSITIVE_INFINITY)).toBe(contentHash(parseLosslessJson('1e999')))
  expect(contentHash(-0)).toBe(contentHash(0))
  const deep = (inside: string): unknown => JSON.parse(`${'['.repeat(5_000)}${inside}${']'.repeat(5_000)}`)
  expect(contentHash(deep('{"a":1,"b":2}'))).toBe(contentHash(deep('{"b":2,"a":1}')))
  expect(contentHash(deep('1'))).not.toBe(contentHash(deep('2')))
})

test('the sum changes if two events swap a field', () => {
  const [one, other] = [
    event,
    { ...event, gid: '1200000000000002', actor: { email: 'b@example.com', name: 'B' } },
  ]
  const swapped = [
    { ...one, actor: other.actor },
    { ...other, actor: one.actor },
  ] as const
  const before = addContent(contentHash(one), contentHash(other))
  expect(addContent(contentHash(swapped[0]), contentHash(swapped[1]))).not.toBe(before)
})

test('a hash that a state holds is that of this version, or the version of the form must change', () => {
  expect(contentHash(event)).toBe(2_590_817_100)
})

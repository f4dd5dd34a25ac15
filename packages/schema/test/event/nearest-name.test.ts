import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventTypes } from '../../src/index.ts'
import { nearestName } from '../../src/options.ts'
import { holds } from '../holds.ts'

const paths = ['actor.email', 'actor.name', 'resource.email', 'details.old_value', 'details.new_value']

test.each([
  ['actor.emial', 'actor.email'],
  ['acter.email', 'actor.email'],
  ['actor.mail', 'actor.email'],
  ['Actor.Email', 'actor.email'],
  ['details.new-value', 'details.new_value'],
  ['resource.emails', 'resource.email'],
])('%s stands for %s', (typed, meant) => {
  expect(nearestName(typed, paths)).toBe(meant)
})

test.each(['actor.email', 'actor.phone', 'user', '', 'constructor'])('%s stands for nothing else', (name) => {
  expect(nearestName(name, paths)).toBeUndefined()
})

test('of short names one letter may be wrong', () => {
  expect(nearestName('weg', ['web', 'api'])).toBe('web')
  expect(nearestName('wig', ['web', 'api'])).toBeUndefined()
})

test('of two near ones it is the nearer', () => {
  expect(nearestName('old_valve', ['new_value', 'old_value'])).toBe('old_value')
})

test('any event type with two neighbouring letters swapped is found again', () => {
  const names = [...eventTypes.keys()]
  const swapped = fc
    .tuple(fc.constantFrom(...names), fc.nat())
    .map(([name, seed]) => [name, seed % (name.length - 1)] as const)
    .filter(([name, at]) => name[at] !== name[at + 1])
  holds(swapped, ([name, at]) => {
    const typed = name.slice(0, at) + name[at + 1] + name[at] + name.slice(at + 2)
    return nearestName(typed, names) === name
  })
})

import { expect, test } from 'vitest'
import { eventTypes } from '../../src/index.ts'
import { nearestName } from '../../src/options.ts'

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

test.each(['actor.email', 'actor.phone', 'user', '', 'constructor'])(
  '%s is not near to another name',
  (name) => {
    expect(nearestName(name, paths)).toBeUndefined()
  },
)

test('a short name may have one wrong letter', () => {
  expect(nearestName('weg', ['web', 'api'])).toBe('web')
  expect(nearestName('wig', ['web', 'api'])).toBeUndefined()
})

test('of two near names the nearer one is found', () => {
  expect(nearestName('old_valve', ['new_value', 'old_value'])).toBe('old_value')
})

test('every event type is found if two neighbouring letters are swapped', () => {
  const names = [...eventTypes.keys()]
  const missed: string[] = []
  for (const name of names) {
    for (let at = 0; at < name.length - 1; at += 1) {
      if (name[at] === name[at + 1]) continue
      const typed = `${name.slice(0, at)}${name[at + 1]}${name[at]}${name.slice(at + 2)}`
      if (nearestName(typed, names) !== name) missed.push(typed)
    }
  }
  expect(missed).toEqual([])
})

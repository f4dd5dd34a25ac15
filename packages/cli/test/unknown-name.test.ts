import { expect, test } from 'vitest'
import { unknownName } from '../src/unknown-name.ts'

test('a name that is known is nothing to speak of', () => {
  expect(unknownName('event type', 'user_login_failed')).toBeUndefined()
  expect(unknownName('category', 'logins')).toBeUndefined()
  expect(unknownName('actor type', 'user')).toBeUndefined()
})

test('a mistyped one is told with what begins alike, or with all where these are few', () => {
  expect(unknownName('event type', 'user_login_faild')).toContain('There is user_login_failed.')
  expect(unknownName('event type', 'made_up')).toBe('made_up is no event type known to this version.')
  expect(unknownName('actor type', 'robot')).toContain('user, asana, asana_support')
})

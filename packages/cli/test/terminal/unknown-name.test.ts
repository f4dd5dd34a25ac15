import { expect, test } from 'vitest'
import { unknownName } from '../../src/terminal/unknown-name.ts'

test('a name that is known is nothing to speak of', () => {
  expect(unknownName('event type', 'user_login_failed')).toBeUndefined()
  expect(unknownName('category', 'logins')).toBeUndefined()
  expect(unknownName('actor type', 'user')).toBeUndefined()
})

test('a mistyped one is told with the nearest, another with all where these are few', () => {
  expect(unknownName('event type', 'user_login_faild')).toEqual({
    message: 'user_login_faild is no event type known to this version. The nearest is user_login_failed.',
    nearest: 'user_login_failed',
  })
  expect(unknownName('event type', 'made_up')).toEqual({
    message: 'made_up is no event type known to this version.',
    nearest: undefined,
  })
  expect(unknownName('actor type', 'robot')?.message).toContain('There is user, asana, asana_support')
})

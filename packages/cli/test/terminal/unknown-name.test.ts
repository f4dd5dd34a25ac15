import { expect, test } from 'vitest'
import { unknownName } from '../../src/terminal/unknown-name.ts'

test('a known name has no message', () => {
  expect(unknownName('event type', 'user_login_failed')).toBeUndefined()
  expect(unknownName('category', 'logins')).toBeUndefined()
  expect(unknownName('actor type', 'user')).toBeUndefined()
})

test('a mistyped name is reported with the nearest known name, any other with all known names if they are few', () => {
  expect(unknownName('event type', 'user_login_faild')).toEqual({
    message: 'This version does not know the event type user_login_faild. Did you mean user_login_failed?',
    nearest: 'user_login_failed',
  })
  expect(unknownName('event type', 'made_up')).toEqual({
    message: 'This version does not know the event type made_up.',
    nearest: undefined,
  })
  expect(unknownName('actor type', 'robot')?.message).toContain('Known: user, asana, asana_support')
})

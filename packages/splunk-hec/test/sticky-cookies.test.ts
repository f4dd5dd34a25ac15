import { expect, test } from 'vitest'
import { stickyCookies } from '../src/sticky-cookies.ts'

test('cookies are kept, without their attributes and with commas in dates', () => {
  const cookies = stickyCookies()
  expect(cookies.header()).toBeUndefined()
  expect(cookies.take('A=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT; Path=/, B=x=y; Secure; HttpOnly')).toBe(
    true,
  )
  expect(cookies.header()).toBe('A=1; B=x=y')
})

test('only another value, another name or an end is a change', () => {
  const cookies = stickyCookies()
  cookies.take('A=1, B=2')
  expect(cookies.take(undefined)).toBe(false)
  expect(cookies.take('A=1; Max-Age=60')).toBe(false)
  expect(cookies.take('A=3')).toBe(true)
  expect(cookies.take('B=2; Max-Age=0')).toBe(true)
  expect(cookies.take('A=3; Expires=Thu, 01 Jan 1970 00:00:00 GMT')).toBe(true)
  expect(cookies.header()).toBeUndefined()
  expect(cookies.take('A=; Max-Age=0')).toBe(false)
})

test.each(['', 'nonsense', '=value', '; Path=/'])('%j is no cookie', (text) => {
  const cookies = stickyCookies()
  expect(cookies.take(text)).toBe(false)
  expect(cookies.header()).toBeUndefined()
})

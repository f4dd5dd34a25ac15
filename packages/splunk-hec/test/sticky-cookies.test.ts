import { expect, test } from 'vitest'
import { stickyCookies } from '../src/ack/sticky-cookies.ts'

test('cookies are kept, without their attributes and with commas in dates', () => {
  const cookies = stickyCookies()
  expect(cookies.header()).toBeUndefined()
  expect(cookies.take('A=1; Expires=Wed, 21 Oct 2099 07:28:00 GMT; Path=/, B=x=y; Secure; HttpOnly')).toBe(
    true,
  )
  expect(cookies.header()).toBe('A=1; B=x=y')
})

test('a cookie changes only by a new value, a new name or its end', () => {
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

test.each(['', 'nonsense', '=value', '; Path=/'])('%j is not a cookie', (text) => {
  const cookies = stickyCookies()
  expect(cookies.take(text)).toBe(false)
  expect(cookies.header()).toBeUndefined()
})

test('from the third new value on, the balancer is known to renew its cookie', () => {
  const cookies = stickyCookies()
  const taken = ['A=1, B=1', 'A=2, B=2', 'A=3, B=3', 'A=4, B=4'].map((set) => cookies.take(set))
  expect(taken).toEqual([true, true, false, false])
  expect(cookies.header()).toBe('A=4; B=4')
})

test('if a balancer goes from one indexer to the next, each return of a value is a change', () => {
  const cookies = stickyCookies()
  const taken = ['one', 'two', 'three', 'one', 'two'].map((name) => cookies.take(`A=${name}`))
  expect(taken).toEqual([true, true, false, true, true])
})

test('a balancer may renew its cookie with every second answer', () => {
  const cookies = stickyCookies()
  const taken = ['A=1', undefined, 'A=2', 'A=2', 'A=3', undefined, 'A=4'].map((set) => cookies.take(set))
  expect(taken).toEqual([true, false, true, false, false, false, false])
})

test('a cookie that was the same for long is no longer known to be renewed', () => {
  const cookies = stickyCookies()
  for (const value of ['1', '2', '3']) cookies.take(`A=${value}`)
  for (let answers = 0; answers < 20; answers += 1) cookies.take(undefined)
  expect(cookies.take('A=4')).toBe(true)
})

test('a renewed cookie says nothing about another cookie', () => {
  const cookies = stickyCookies()
  for (const value of ['1', '2', '3']) cookies.take(`A=${value}, B=x`)
  expect(cookies.take('A=4, B=x')).toBe(false)
  expect(cookies.take('A=5, B=y')).toBe(true)
})

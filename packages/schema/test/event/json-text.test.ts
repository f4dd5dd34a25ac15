import { describe, expect, test } from 'vitest'
import { fromJsonText, toJsonText } from '../../src/lossless.ts'
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { holds } from '../support/holds.ts'
import { sameJson } from '../support/same-json.ts'

test('every JSON value is read back from its text', () => {
  holds(arbitraryEvent, (event) => sameJson(fromJsonText(toJsonText(event)), event), 300)
})

test('ordinary values are written as JSON.stringify writes them', () => {
  const value = { a: [1, 'x"\n', null, true, { b: 1e300 }], none: undefined, '': '\ud800' }
  expect(toJsonText(value)).toBe(JSON.stringify(value))
})

test('numbers that JSON.stringify changes are kept', () => {
  expect(toJsonText([-0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])).toBe('[-0,1e999,-1e999]')
})

test('values nested 100,000 deep are written and read', () => {
  let value: unknown = 'bottom'
  for (let level = 0; level < 100_000; level++) value = level % 2 ? { '\n': value } : [value]
  expect(sameJson(fromJsonText(toJsonText(value)), value)).toBe(true)
})

test('a value that JSON does not have is written as the nearest one', () => {
  const circular: unknown[] = [1n]
  circular.push(circular)
  expect(toJsonText(circular)).toBe('[1,null]')
  expect(toJsonText(undefined)).toBe('null')
})

describe('a member name with an escape', () => {
  test('is read after a text with a backslash at the same place', () => {
    fromJsonText(String.raw`{"known":1,"\\":2,"":3}`)
    expect(fromJsonText(String.raw`{"known":1,"\n":2,"":3}`)).toEqual({ known: 1, '\n': 2, '': 3 })
  })

  test('is read beside values with escapes, brackets and blanks', () => {
    const text = String.raw` { "a\"b" : [ "}\\" , -1.5e3 , true , null , { } , [ ] ] , "c" : "\u00e9:\"" } `
    expect(fromJsonText(text)).toEqual({ 'a"b': ['}\\', -1500, true, null, {}, []], c: 'é:"' })
  })

  test('does not make invalid JSON valid', () => {
    for (const text of ['{"\\n":1', '{"\\n" 1}', '"\\', '{"\\n":1}}', '']) {
      expect(() => fromJsonText(text)).toThrow(SyntaxError)
    }
  })
})

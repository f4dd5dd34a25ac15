import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLosslessJson } from '../src/lossless-json.ts'

test('numbers a double would change come as their digits, all others as numbers', () => {
  const text =
    '{"a":9007199254740993,"b":[-12345678901234567890,9007199254740991],"c":1e999,"d":1e300,"e":12345678901234500000,"f":0.1}'
  expect(parseLosslessJson(text)).toEqual({
    a: '9007199254740993',
    b: ['-12345678901234567890', 9007199254740991],
    c: '1e999',
    d: 1e300,
    e: 12345678901234500000,
    f: 0.1,
  })
})

test('digits inside strings and names stay what they are', () => {
  const text = '{"9007199254740993":"say \\"9007199254740993\\", 1e999","x": 9007199254740993 , "y":"\\\\"}'
  expect(parseLosslessJson(text)).toEqual({
    '9007199254740993': 'say "9007199254740993", 1e999',
    x: '9007199254740993',
    y: '\\',
  })
})

test('whatever JSON.stringify writes is read back as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 4 } as object), (value) => {
      const text = JSON.stringify([value, 12345678901234567890n.toString()])
      expect(parseLosslessJson(text)).toEqual(JSON.parse(text))
    }),
  )
})

test('a long string with escapes is no trouble', () => {
  const long = 'a "quoted" \\ back\nslash '.repeat(50_000)
  expect(parseLosslessJson(JSON.stringify({ long, n: 1 }).replace('1}', '9007199254740993}'))).toEqual({
    long,
    n: '9007199254740993',
  })
})

test('what is not JSON is a SyntaxError', () => {
  expect(() => parseLosslessJson('{"a":9007199254740993')).toThrow(SyntaxError)
})

test('a string of millions of escapes is read like any other', () => {
  const text = `{"a":"${'\\n'.repeat(4_000_000)}","b\\"":9007199254740993}`
  const read = parseLosslessJson(text) as { a: string }
  expect(read.a.length).toBe(4_000_000)
  expect(Object.entries(read)[1]).toEqual(['b"', '9007199254740993'])
})

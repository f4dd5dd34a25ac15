import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLosslessJson } from '../../src/event/lossless-json.ts'

test('numbers that a double would change are read as their digits, all others as numbers', () => {
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

test('digits in strings and names are unchanged', () => {
  const text = '{"9007199254740993":"say \\"9007199254740993\\", 1e999","x": 9007199254740993 , "y":"\\\\"}'
  expect(parseLosslessJson(text)).toEqual({
    '9007199254740993': 'say "9007199254740993", 1e999',
    x: '9007199254740993',
    y: '\\',
  })
})

test('every output of JSON.stringify is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 4 } as object), (value) => {
      const text = JSON.stringify([value, 12345678901234567890n.toString()])
      expect(parseLosslessJson(text)).toEqual(JSON.parse(text))
    }),
  )
})

test('a long string with escapes is read', () => {
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

test('a number in any number of brackets is read as its digits', () => {
  const levels = 100_000
  let read = parseLosslessJson(`${'['.repeat(levels)}1e999${']'.repeat(levels)}`)
  while (Array.isArray(read)) read = read[0]
  expect(read).toBe('1e999')
})

test('a number is read as its digits or as itself at any place', () => {
  const digits = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String)
  const token = fc.oneof(
    digits,
    fc.constantFrom('9007199254740991', '9007199254740992', '9007199254740993', '-9007199254740993'),
    fc.constantFrom('1234567890123456', '1e308', '1e309', '1E+400', '-2.5e999', '0.1', '12e-400', '1e5'),
  )
  const blanks = fc.constantFrom('', ' ', '\n\t ', '  ')
  const text = fc.constantFrom('Mobile/15E148', ':9007199254740993', ', 1e999', '"', '\\', 'x')
  const item = fc.record({ token, before: blanks, after: blanks, text })
  fc.assert(
    fc.property(fc.array(item, { minLength: 1 }), (items) => {
      const members = items.map(
        ({ token, before, after, text }) => `{"t":${JSON.stringify(text)},"n":${before}${token}${after}}`,
      )
      const list = items.map(({ token, before, after }) => `${before}${token}${after}`)
      expect(parseLosslessJson(`{"a":[${members.join()}],"b":[${list.join()}]}`)).toEqual({
        a: items.map(({ token, text }) => ({ t: text, n: kept(token) })),
        b: items.map(({ token }) => kept(token)),
      })
    }),
    { numRuns: 500 },
  )
})

/** A whole number must keep its digits; any other must not become infinite. */
function kept(token: string): string | number {
  const value = Number(token)
  const changed = /^-?\d+$/.test(token) ? String(value) !== token : !Number.isFinite(value)
  return changed ? token : value
}

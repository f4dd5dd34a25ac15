import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, parseLosslessJson, toJsonText } from '../../src/lossless.ts'

describe('the canonical form', () => {
  test('is that of RFC 8785, section 3.2.3', () => {
    const value = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    ) as unknown
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  test('sorts names as UTF-16, as the RFC does', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6']
    const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])))
    const sorted = [...text.matchAll(/"([^"]*)":0/g)].map(([, name]) => name)
    expect(sorted).toEqual(['\\r', '1', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33'])
  })

  test('reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('does not depend on the order of names', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed())
        expect(canonicalJson(turned)).toBe(canonicalJson(value))
      }),
    )
  })

  test('of what was written and read back is that of the event', () => {
    const anything = fc.object({
      withBigInt: false,
      values: [fc.double(), fc.string(), fc.boolean(), fc.constant(null)],
    })
    fc.assert(
      fc.property(anything, (value) => {
        expect(canonicalJson(parseLosslessJson(toJsonText(value)))).toBe(canonicalJson(value))
      }),
    )
  })

  test('has no limit of depth', () => {
    const depth = 100_000
    const value = parseLosslessJson(`${'['.repeat(depth)}${']'.repeat(depth)}`)
    expect(canonicalJson(value)).toHaveLength(2 * depth)
  })
})

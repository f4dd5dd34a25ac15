import fc from 'fast-check'
import { expect, test } from 'vitest'
import { heatColors } from '../../src/report/heat-colors.ts'

/** Counts for the hours of a week: few or many events, equal or uneven. */
const counts = fc.oneof(
  fc.array(fc.nat(3), { minLength: 168, maxLength: 168 }),
  fc.array(fc.nat(1_000_000), { minLength: 168, maxLength: 168 }),
  fc.array(fc.integer({ min: 1_000_000, max: 1_000_167 }), { minLength: 168, maxLength: 168 }),
  fc.constant(Array.from({ length: 168 }, (_, index) => 5_000 + index)),
  fc
    .nat(1_000_000)
    .map((least) => [...Array.from({ length: 167 }, (_, hour) => least + hour), 1_000_000_000]),
)

/** Class, background and text of each rule, for the light scheme and for the dark one. */
function rulesOf(style: string): { light: string[][]; dark: string[][] } {
  const [light = '', dark = ''] = style.split('@media')
  const rules = (text: string) =>
    [...text.matchAll(/\.h(\d+) \{ background: (#\w{6}); color: (#\w{6}); \}/g)].map((match) =>
      match.slice(1),
    )
  return { light: rules(light), dark: rules(dark) }
}

test('hours with different counts have different colours, and hours with equal counts the same', () => {
  fc.assert(
    fc.property(counts, (hours) => {
      const { style, classOf } = heatColors(hours)
      const distinct = new Set(hours.filter((count) => count > 0))
      for (const rules of Object.values(rulesOf(style))) {
        expect(new Set(rules.map(([count]) => Number(count)))).toEqual(distinct)
        expect(new Set(rules.map(([, background]) => background)).size).toBe(distinct.size)
      }
      for (const count of hours) expect(classOf(count)).toBe(`h${count}`)
    }),
  )
})

test('the least busy hour has the weakest colour and the busiest the strongest, even if their counts are similar', () => {
  const ends = (hours: number[]) => {
    const { light } = rulesOf(heatColors(hours).style)
    return [light[0]?.[1], light.at(-1)?.[1]]
  }
  expect(ends([1, 400, 20])).toEqual(['#e8f0f9', '#0c3c6a'])
  expect(ends([0, 100, 101, 104])).toEqual(['#e8f0f9', '#0c3c6a'])
})

test('the count is readable on its colour, in the light and the dark scheme', () => {
  fc.assert(
    fc.property(counts, (hours) => {
      for (const rules of Object.values(rulesOf(heatColors(hours).style))) {
        for (const [, background, ink] of rules) expect(contrast(background, ink)).toBeGreaterThan(4.5)
      }
    }),
  )
})

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string | undefined, other: string | undefined): number {
  const [a, b] = [luminance(one), luminance(other)]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

function luminance(hex: string | undefined): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex?.slice(at, at + 2) ?? '', 16) / 255)
  const [red, green, blue] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

import type { AuditLogEvent } from '@asana-audit/schema'
import { generateEvents, isStoryName, type StoryName, stories } from '@asana-audit/simulator'
import { expect, test } from 'vitest'
import { createDetector, isAtLeast, shippedRules } from '../src/index.ts'

const rules = await shippedRules()
const names = Object.keys(stories).filter(isStoryName)
const until = Date.parse('2026-11-09T00:00:00Z')
const week = { from: until - 7 * 86_400_000, until, mix: 'everyday' } as const

/** The titles of the rules that have hits, one for each hit. */
function fired(events: readonly AuditLogEvent[]): string[] {
  const detector = createDetector({ rules })
  return events.flatMap((event) => detector.add(event)).map(({ rule }) => rule.title)
}

/** The rules with hits in an everyday week of sixty people, as the page of rules says. */
const noise = ['Asana support acts in the workspace', 'Export started by a script']

test.each([1, 2, 3, 4, 5])(
  'an everyday week gives hits of a few rules of medium level only, seed %i',
  (seed) => {
    const found = fired(generateEvents({ ...week, count: 5_000, seed }))
    expect(found.filter((title) => !noise.includes(title))).toEqual([])
    expect(found.length).toBeLessThan(10)
    const loud = rules.filter(({ level }) => isAtLeast(level, 'high')).map(({ title }) => title)
    expect(noise.filter((title) => loud.includes(title))).toEqual([])
  },
)

test.each([1, 2, 3])('every rule has a hit in a story, seed %i', (seed) => {
  const hitsOf = (name: StoryName) => fired(generateEvents({ ...week, count: 0, stories: [name], seed }))
  const found = new Set(names.flatMap(hitsOf))
  // A story of a week is over before first-seen rules have learned.
  const told = rules.filter(({ reports, kind }) => reports && kind !== 'first_seen')
  expect(told.filter(({ title }) => !found.has(title))).toEqual([])
})

test('a story among the events of a week gives the same hits as the story alone', () => {
  const count = 3_000
  const quiet = new Set(fired(generateEvents({ ...week, count })))
  for (const name of names) {
    const alone = fired(generateEvents({ ...week, count: 0, stories: [name] })).sort()
    const among = fired(generateEvents({ ...week, count, stories: [name] })).sort()
    expect(among.filter((title) => !quiet.has(title))).toEqual(alone.filter((title) => !quiet.has(title)))
  }
})

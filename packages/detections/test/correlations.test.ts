import type { AuditLogEvent } from '@asana-audit/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDetector, type Hit, type Rule, readRules, shippedRules } from '../src/index.ts'
import { event, eventRule, problemsOf, rulesOf } from './rule-text.ts'

const start = Date.parse('2026-11-02T09:00:00.000Z')
const minute = 60_000

/** An event of type `a`, `b` or `c`, this many minutes after the start. */
function at(minutes: number, type = 'a', who = '501', more: Record<string, unknown> = {}): AuditLogEvent {
  const created_at = new Date(start + minutes * minute).toISOString()
  return event({ gid: crypto.randomUUID(), created_at, event_type: type, actor: { gid: who }, ...more })
}

const parts = ['a', 'b', 'c'].map((name) =>
  eventRule({ selection: { event_type: name }, condition: 'selection' }, { title: name, name }),
)

function correlation(type: string, more: object): readonly Rule[] {
  const correlation = { type, rules: ['a'], 'group-by': ['actor.gid'], timespan: '10m', ...more }
  return rulesOf(...parts, { title: 'It', correlation })
}

function hits(rules: readonly Rule[], events: readonly AuditLogEvent[]): Hit[] {
  const detector = createDetector({ rules })
  return events.flatMap((one) => detector.add(one)).filter(({ rule }) => rule.title === 'It')
}

const three = correlation('event_count', { condition: { gte: 3 } })

describe('event_count', () => {
  test('reports group, count, times and events', () => {
    const [first, second, third] = [at(0), at(4), at(10)]
    expect(hits(three, [first, second, third]).map(({ event, correlated }) => [event, correlated])).toEqual([
      [
        third,
        {
          group: { 'actor.gid': '501' },
          count: 3,
          first: first.created_at,
          last: third.created_at,
          gids: [first.gid, second.gid, third.gid],
        },
      ],
    ])
  })

  test('gt needs one event more than gte', () => {
    const more = correlation('event_count', { condition: { gt: 3 } })
    expect(hits(more, [at(0), at(1), at(2)])).toHaveLength(0)
    expect(hits(more, [at(0), at(1), at(2), at(3)])).toHaveLength(1)
  })

  test('reports one hit for one attack, and another for an attack after a quiet timespan', () => {
    const attack = Array.from({ length: 60 }, (_, index) => at(index))
    expect(hits(three, attack)).toHaveLength(1)
    expect(hits(three, [...attack, ...attack.map((_, index) => at(71 + index))])).toHaveLength(2)
  })

  test('counts an event once, even if it comes twice', () => {
    const one = at(0)
    expect(hits(three, [one, at(1), one])).toHaveLength(0)
  })

  test('does not count events without the field of the group', () => {
    expect(
      hits(
        three,
        [0, 1, 2].map((minutes) => at(minutes, 'a', '', { actor: {} })),
      ),
    ).toHaveLength(0)
  })

  test('counts all events as one group without group-by', () => {
    const all = correlation('event_count', { condition: { gte: 3 }, 'group-by': [] })
    expect(hits(all, [at(0, 'a', '1'), at(1, 'a', '2'), at(2, 'a', '3')])).toHaveLength(1)
  })

  test('hides the hits of the rules that it counts, unless it sets generate', () => {
    const titles = (generate: boolean) => {
      const detector = createDetector({
        rules: correlation('event_count', { condition: { gte: 9 }, generate }),
      })
      return detector.add(at(0)).map(({ rule }) => rule.title)
    }
    expect(titles(false)).toEqual([])
    expect(titles(true)).toEqual(['a'])
  })
})

describe('temporal', () => {
  const both = correlation('temporal', { rules: ['a', 'b'] })
  const ordered = correlation('temporal_ordered', { rules: ['a', 'b'] })

  test('accepts its rules in any order, and temporal_ordered only in the given order', () => {
    expect([hits(both, [at(0, 'b'), at(10, 'a')]).length, hits(both, [at(0), at(10, 'b')]).length]).toEqual([
      1, 1,
    ])
    expect(hits(ordered, [at(0, 'b'), at(10, 'a')])).toHaveLength(0)
    expect(hits(ordered, [at(0, 'a'), at(10, 'b')])).toHaveLength(1)
    expect(hits(ordered, [at(0, 'b'), at(1, 'a'), at(10, 'b')])).toHaveLength(1)
  })

  test('uses the nearest event of each rule, so an early one does not prevent a hit', () => {
    const chain = correlation('temporal_ordered', { rules: ['a', 'b', 'c'] })
    expect(hits(chain, [at(0, 'a'), at(9, 'a'), at(12, 'b'), at(15, 'c')])).toHaveLength(1)
    expect(hits(chain, [at(0, 'a'), at(9, 'b'), at(15, 'c')])).toHaveLength(0)
  })

  test('does not use one event for two rules', () => {
    const rules = rulesOf(
      ...parts,
      eventRule({ selection: { event_type: 'a*' }, condition: 'selection' }, { title: 'also', name: 'also' }),
      { title: 'It', correlation: { type: 'temporal_ordered', rules: ['a', 'also'], timespan: '10m' } },
    )
    expect(hits(rules, [at(0)])).toHaveLength(0)
    expect(hits(rules, [at(0), at(1)])).toHaveLength(1)
  })

  test('finds the field of the group of each rule by its alias', () => {
    const rules = correlation('temporal', {
      rules: ['a', 'b'],
      'group-by': ['account'],
      aliases: { account: { a: 'resource.gid', b: 'actor.gid' } },
    })
    const made = at(0, 'a', '501', { resource: { gid: '888' } })
    expect(hits(rules, [made, at(1, 'b', '501')])).toHaveLength(0)
    expect(hits(rules, [made, at(1, 'b', '888')])[0]?.correlated?.group).toEqual({ account: '888' })
  })
})

/** Whether the condition holds in any window of ten minutes, by trying all of them. */
function anyWindow(
  events: readonly AuditLogEvent[],
  test: (window: readonly AuditLogEvent[]) => boolean,
): boolean {
  const sorted = events.toSorted((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at))
  return sorted.some((last) => {
    const end = Date.parse(last.created_at)
    return test(
      sorted.filter(
        ({ created_at }) => Date.parse(created_at) <= end && end - Date.parse(created_at) <= 10 * minute,
      ),
    )
  })
}

const types = (window: readonly AuditLogEvent[]) => new Set(window.map(({ event_type }) => event_type))
const oracles: [string, readonly Rule[], (window: readonly AuditLogEvent[]) => boolean][] = [
  ['event_count', three, (window) => window.filter(({ event_type }) => event_type === 'a').length >= 3],
  [
    'value_count',
    correlation('value_count', { rules: ['a', 'b', 'c'], condition: { gte: 3, field: 'event_type' } }),
    (window) => types(window).size >= 3,
  ],
  [
    'temporal',
    correlation('temporal', { rules: ['a', 'b'] }),
    (window) => types(window).has('a') && types(window).has('b'),
  ],
  [
    'temporal_ordered',
    correlation('temporal_ordered', { rules: ['a', 'b'] }),
    (window) =>
      window.some(
        (b, index) => b.event_type === 'b' && window.slice(0, index).some((a) => a.event_type === 'a'),
      ),
  ],
]

test.each(oracles)(
  '%s finds the same as a search of every window, for events in any order',
  (_, rules, oracle) => {
    const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 45 }), { maxLength: 9 })
    fc.assert(
      fc.property(minutes, fc.infiniteStream(fc.constantFrom('a', 'b', 'c')), (times, kinds) => {
        const events = times.map((time) => at(time, kinds.next().value))
        // No event is more than 45 minutes late, whatever the order.
        const found = hits(rules, events)
        expect(found.length > 0).toBe(anyWindow(events, oracle))
      }),
      { numRuns: 400 },
    )
  },
)

test('every rule accepts events of any depth and length', async () => {
  const words = eventRule({ selection: ['needle'], condition: 'selection' })
  const rules = [...(await shippedRules()), ...rulesOf(words)]
  const nested = (open: string, close: string) => JSON.parse(`${open.repeat(20_000)}1${close.repeat(20_000)}`)
  const long = 'x'.repeat(500_000)
  const types = ['workspace_export_started', 'user_login_failed']
  for (const event_type of types) {
    const detector = createDetector({ rules })
    for (const odd of [
      nested('[', ']'),
      nested('{"gid":', '}').gid,
      long,
      null,
      7,
      { gid: nested('[', ']') },
    ]) {
      const context = { client_ip_address: odd, user_agent: odd }
      expect(() =>
        detector.add(at(0, event_type, '1', { actor: odd, resource: odd, details: odd, context })),
      ).not.toThrow()
      expect(() =>
        detector.add(at(0, event_type, '1', { actor: { gid: odd }, resource: { email: odd } })),
      ).not.toThrow()
    }
  }
})

test('a long value can be a group, and windows hold its hash', () => {
  const [long, other] = ['x'.repeat(100_000), `${'x'.repeat(99_999)}y`]
  const [hit, ...more] = hits(three, [
    at(0, 'a', long),
    at(1, 'a', other),
    at(2, 'a', long),
    at(3, 'a', long),
  ])
  expect(more).toEqual([])
  expect(hit?.correlated?.group['actor.gid']).toMatch(/^sha256:[0-9a-f]{64}$/)
})

describe('memory', () => {
  test('does not grow with one busy group, and the dropped events are counted', () => {
    const many = correlation('event_count', { condition: { gte: 20_000 }, timespan: '7d' })
    const detector = createDetector({ rules: many })
    for (let index = 0; index < 55_000; index++) detector.add(at(index / 10))
    expect(detector.forgotten).toBeGreaterThan(44_000)
    expect(detector.forgotten).toBeLessThanOrEqual(45_000)
  })

  test('does not grow with many groups: the group without events for the longest time is dropped first', () => {
    const two = correlation('event_count', { condition: { gte: 2 }, timespan: '7d' })
    const detector = createDetector({ rules: two })
    const add = (who: number) => detector.add(at(1, 'a', String(who))).length
    for (let who = 0; who < 60_000; who++) add(who)
    expect(detector.forgotten).toBe(10_000)
    expect([add(59_999), add(0)]).toEqual([1, 0])
  })

  test('does not count events as dropped that no window can need any more', () => {
    const detector = createDetector({ rules: three })
    for (let index = 0; index < 60_000; index++) detector.add(at(index))
    expect(detector.forgotten).toBe(0)
  })
})

const wrong: [what: string, more: object, message: RegExp][] = [
  ['a type', { type: 'value_sum' }, /correlation.type/],
  ['a missing rule', { rules: ['a', 'nowhere'] }, /no rule with the id or name nowhere/],
  ['itself', { rules: ['it'] }, /contains this rule itself/],
  ['a timespan', { timespan: '1M' }, /timespan: "1M" is not a timespan/],
  ['fewer than', { condition: { lt: 3 } }, /condition/],
  ['no count', { condition: {} }, /write gte or gt/],
  ['two counts', { condition: { gte: 1, gt: 1 } }, /write gte or gt/],
  ['a field it has no use for', { condition: { gte: 1, field: 'x' } }, /only for value_count/],
  ['a missing field', { type: 'value_count' }, /condition.field: it is missing/],
  ['a condition for temporal', { type: 'temporal' }, /not supported for temporal/],
  [
    'an alias with a hole',
    { 'group-by': ['x'], aliases: { x: { b: 'actor.gid' } } },
    /aliases.x: a is missing/,
  ],
  ['something unknown', { window: 'sliding' }, /window/],
]

test.each(wrong)('a wrong correlation is refused: %s', (_, more, message) => {
  const base = { type: 'event_count', rules: ['a'], timespan: '10m', condition: { gte: 3 } }
  const problems = problemsOf(...parts, { title: 'It', name: 'it', correlation: { ...base, ...more } })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(message)
})

test('two rules with one name and rules in a circle are refused with their names', () => {
  expect(problemsOf(...parts, ...parts.slice(0, 1))).toEqual([
    'The id or name a is already used by a rule in test.yml.',
  ])
  const circle = (name: string, of: string) => ({
    title: name,
    name,
    correlation: { type: 'temporal', rules: ['a', of], timespan: '1m' },
  })
  expect(problemsOf(...parts, circle('x', 'y'), circle('y', 'x')).join()).toMatch(/contains this rule itself/)
})

test('a rule with parts that are missing or of another kind is refused in plain words, all at once', () => {
  expect(problemsOf({ title: 7, level: 'loud', tags: 'x', detection: { condition: 1 } }).toSorted()).toEqual([
    'detection.condition: it must be a text or a list of texts',
    'level: it must be one of informational, low, medium, high, critical',
    'logsource: it is missing',
    'tags: it must be a list',
    'title: it must be a text',
  ])
  const correlation = { type: 'event_count', rules: 'a', timespan: '1h', condition: { gte: 1.5 }, group: 'x' }
  expect(problemsOf({ title: 'It', correlation }).toSorted()).toEqual([
    'correlation.condition.gte: it must be a whole number',
    'correlation: it may not hold group',
  ])
})

test('invalid YAML, an empty file and a document that is not a rule are problems', () => {
  const problems = (text: string) => {
    const read = readRules([{ name: 'x.yml', text }])
    return 'problems' in read ? read.problems : []
  }
  expect(problems('title: [')).toMatchObject([
    { file: 'x.yml', message: expect.stringMatching(/^It is not valid YAML: [^\n]*[^:]\.$/) },
  ])
  expect(problems('<html>\n<p>a: b')).toMatchObject([{ message: expect.stringMatching(/column 1\.$/) }])
  expect(problems('# nothing')).toMatchObject([{ file: 'x.yml', message: 'The file has no rule.' }])
  for (const text of ['42', '- a', 'null', '{}']) expect(problems(text).length, text).toBeGreaterThan(0)
})

import type { AuditLogEvent } from '@asana-audit/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDetector, type Rule } from '../src/index.ts'
import { event, eventRule, rulesOf } from './rule-text.ts'

const start = Date.parse('2026-11-02T09:00:00.000Z')
const minute = 60_000

const at = (minutes: number, type = 'a', who = '501'): AuditLogEvent =>
  event({
    ...{ gid: crypto.randomUUID(), created_at: new Date(start + minutes * minute).toISOString() },
    ...{ event_type: type, actor: { gid: who } },
  })

function rules(timespan = '10m'): readonly Rule[] {
  const parts = ['a', 'b'].map((name) =>
    eventRule({ selection: { event_type: name }, condition: 'selection' }, { title: name, name }),
  )
  const by = { 'group-by': ['actor.gid'], timespan }
  return rulesOf(
    ...parts,
    { title: 'Three', correlation: { type: 'event_count', rules: ['a'], condition: { gte: 3 }, ...by } },
    { title: 'In order', correlation: { type: 'temporal_ordered', rules: ['a', 'b'], ...by } },
  )
}

/** The rules and completing events that are found, where the process ends and another goes on before each of `cuts`. */
function found(events: readonly AuditLogEvent[], cuts: readonly number[]): string[] {
  let detector = createDetector({ rules: rules() })
  return events.flatMap((one, index) => {
    if (cuts.includes(index)) detector = createDetector({ rules: rules(), windows: detector.windows() })
    return detector.add(one).map(({ rule, event: { gid } }) => `${rule.title} ${gid}`)
  })
}

describe('the windows of a detector', () => {
  test('go on in another process, wherever the first one ended', () => {
    const events = fc.array(
      fc.record({
        minutes: fc.nat(120),
        type: fc.constantFrom('a', 'b'),
        who: fc.constantFrom('501', '502'),
      }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(events, fc.array(fc.nat(40)), (made, cuts) => {
        // In the order of the log, up to lateness.
        const sorted = made.toSorted((one, other) => one.minutes - other.minutes)
        const log = sorted.map(({ minutes, type, who }) => at(minutes, type, who))
        expect(found(log, cuts)).toEqual(found(log, []))
      }),
    )
  })

  test('know an event that comes again, so one attack stays one hit', () => {
    const attack = [at(0), at(1), at(2)]
    const first = createDetector({ rules: rules() })
    expect(attack.flatMap((one) => first.add(one)).map(({ rule }) => rule.title)).toContain('Three')
    const next = createDetector({ rules: rules(), windows: first.windows() })
    expect(attack.flatMap((one) => next.add(one)).map(({ rule }) => rule.title)).not.toContain('Three')
  })

  test('of a rule that was changed are empty', () => {
    const first = createDetector({ rules: rules() })
    for (const one of [at(0), at(1)]) first.add(one)
    const next = createDetector({ rules: rules('11m'), windows: first.windows() })
    expect(next.add(at(2)).map(({ rule }) => rule.title)).not.toContain('Three')
  })

  test('do not keep what no window can need any more', () => {
    const detector = createDetector({ rules: rules(), latenessMs: 5 * minute })
    for (let who = 0; who < 500; who += 1) detector.add(at(0, 'a', `early-${who}`))
    detector.add(at(16, 'a', 'late'))
    expect(detector.windows()).toContain('late')
    expect(detector.windows()).not.toContain('early')
  })

  test('keep 2,000 entries of a rule at most, of the groups that were used last', () => {
    const detector = createDetector({ rules: rules() })
    for (let who = 0; who < 3_000; who += 1) detector.add(at(0, 'b', `person-${who}.`))
    expect(detector.windows()).toContain('person-2999.')
    expect(detector.windows()).toContain('person-1000.')
    expect(detector.windows()).not.toContain('person-999.')
  })

  test('must come from a detector', () => {
    for (const windows of ['', 'null', '{"a":[[]]}'])
      expect(() => createDetector({ rules: rules(), windows })).toThrow(
        new TypeError('The option windows of createDetector must be what windows() of a detector returned.'),
      )
  })
})

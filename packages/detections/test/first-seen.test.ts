import type { AuditLogEvent } from '@asana-audit/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDetector, type Detector, type Rule } from '../src/index.ts'
import { event, eventRule, problemsOf, rulesOf } from './rule-text.ts'

const start = Date.parse('2026-11-02T09:00:00.000Z')
const hour = 3_600_000
const day = 24 * hour

const at = (ms: number, address: string, who = '501'): AuditLogEvent =>
  event({
    ...{ gid: `${ms}-${address}-${who}`, created_at: new Date(start + ms).toISOString() },
    ...{ actor: { actor_type: 'user', gid: who }, context: { client_ip_address: address } },
  })

const base = eventRule(
  { selection: { event_type: 'user_login_succeeded' }, condition: 'selection' },
  { title: 'Login', name: 'login' },
)
const firstSeen = (more: object = {}): object => ({
  title: 'New network',
  correlation: {
    ...{ type: 'first_seen', rules: 'login', 'group-by': 'actor.gid', timespan: '35d', learning: '14d' },
    condition: { field: 'context.client_ip_address', as: 'network' },
    ...more,
  },
})
const rules = (more: object = {}): readonly Rule[] => rulesOf(base, firstSeen(more))

/** What a state holds: the texts by name. */
function saved(kept: Map<string, string>, detector: Detector): ReadonlyMap<string, string> {
  for (const [name, text] of detector.baselineChanges()) {
    if (text === undefined) kept.delete(name)
    else kept.set(name, text)
  }
  return kept
}

/** The gids that are found, where another process goes on before each of `cuts`. */
function found(events: readonly AuditLogEvent[], cuts: readonly number[] = []): string[] {
  const kept = new Map<string, string>()
  let detector = createDetector({ rules: rules() })
  return events.flatMap((one, index) => {
    if (cuts.includes(index)) detector = createDetector({ rules: rules(), baselines: saved(kept, detector) })
    return detector.add(one).map(({ event: { gid } }) => gid)
  })
}

const ipv4 = (network: number): string => `192.0.${network}.7`

describe('a first-seen rule', () => {
  test('finds the same, wherever a process ends and another goes on, also with late and repeated events', () => {
    const one = fc.record({
      hours: fc.nat(60 * 24),
      late: fc.nat(3),
      network: fc.nat(4),
      who: fc.constantFrom('501', '502'),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 60 }), fc.array(fc.nat(60)), (made, cuts) => {
        const log = made
          .toSorted((a, b) => a.hours - b.hours)
          .map(({ hours, late, network, who }) => at((hours - late) * hour, ipv4(network), who))
        expect(found(log, cuts)).toEqual(found(log))
      }),
    )
  })

  test('finds a value exactly if its key has learned and did not have it within the days before', () => {
    const one = fc.record({ hours: fc.nat(90 * 24), network: fc.nat(3) })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), (made) => {
        const sorted = made.toSorted((a, b) => a.hours - b.hours)
        const log = sorted.map(({ hours, network }) => at(hours * hour, ipv4(network)))
        const dayOf = ({ created_at }: AuditLogEvent) => Math.floor(Date.parse(created_at) / day)
        let since = 0
        const expected = log.filter((now, index) => {
          const before = log.slice(0, index)
          const usual = before.filter((other) => dayOf(other) >= dayOf(now) - 35)
          if (usual.length === 0) since = Date.parse(now.created_at)
          const isNew = !usual.some(
            (other) => other.context?.client_ip_address === now.context?.client_ip_address,
          )
          return isNew && Date.parse(now.created_at) - since >= 14 * day
        })
        expect(found(log)).toEqual(expected.map(({ gid }) => gid))
      }),
    )
  })

  test('finds nothing at an event that comes again, nor at a late one with a value that is known since', () => {
    const log = [at(0, ipv4(1)), at(20 * day, ipv4(2))]
    expect(found([...log, ...log, at(20 * day - hour, ipv4(2))])).toEqual([log[1]?.gid])
  })

  test('says the key and the value that is new', () => {
    const detector = createDetector({ rules: rules() })
    detector.add(at(0, ipv4(1)))
    const [hit] = detector.add(at(20 * day, '::ffff:198.51.100.9'))
    expect(hit?.firstSeen).toEqual({ group: { 'actor.gid': '501' }, value: '198.51.100.0/24' })
  })

  test('writes only what has changed, and a day that was seen before changes nothing', () => {
    const detector = createDetector({ rules: rules() })
    for (let who = 0; who < 500; who += 1) detector.add(at(0, ipv4(1), `person-${who}`))
    expect(detector.baselineChanges().size).toBe(64)
    detector.add(at(hour, ipv4(1), 'person-1'))
    expect(detector.baselineChanges().size).toBe(0)
    detector.add(at(day, ipv4(1), 'person-1'))
    expect(detector.baselineChanges().size).toBe(1)
  })

  test('remembers a hundred values of a key, and forgets the one that was seen least recently', () => {
    const detector = createDetector({ rules: rules({ condition: { field: 'context.client_ip_address' } }) })
    for (let address = 0; address < 101; address += 1) detector.add(at(address * hour, `10.0.0.${address}`))
    expect(detector.forgotten).toBe(1)
    const late = 20 * day
    expect(detector.add(at(late, '10.0.0.100'))).toEqual([])
    expect(detector.add(at(late, '10.0.0.0'))).toHaveLength(1)
  })

  test('remembers a bounded number of keys, and learns those anew that were seen least recently', () => {
    const detector = createDetector({ rules: rules() })
    for (let who = 0; who <= 100_000; who += 1) detector.add(at(who < 20_000 ? 0 : day, ipv4(1), String(who)))
    expect(detector.forgotten).toBe(10_001)
    const text = JSON.stringify([...detector.baselineChanges().values()])
    expect(text.length).toBeLessThan(10_000_000)
    const later = 20 * day
    expect(detector.add(at(later, ipv4(2), '99999'))).toHaveLength(1)
    expect(detector.add(at(later, ipv4(2), '0'))).toEqual([])
  })

  test('that was changed or removed leaves nothing behind', () => {
    const first = createDetector({ rules: rules() })
    first.add(at(0, ipv4(1)))
    const baselines = saved(new Map(), first)
    const next = createDetector({ rules: rules({ condition: { field: 'context.user_agent' } }), baselines })
    expect([...next.baselineChanges()]).toEqual([...baselines.keys()].map((name) => [name, undefined]))
    expect(next.baselineChanges().size).toBe(0)
  })

  test('takes only texts of a detector', () => {
    const detector = createDetector({ rules: rules() })
    detector.add(at(0, ipv4(1)))
    const [name = ''] = detector.baselineChanges().keys()
    for (const text of ['', 'null', '[["a",1,[]]]'])
      expect(() => createDetector({ rules: rules(), baselines: new Map([[name, text]]) })).toThrow(
        'The option baselines of createDetector must be what baselineChanges() of a detector returned.',
      )
  })

  test.each([
    [{ timespan: '36h' }, 'correlation.timespan: "36h" is not a number of days from 1d to 366d'],
    [
      { learning: '35d' },
      'correlation.learning: "35d" is not a timespan shorter than timespan; write 14d or 12h',
    ],
    [{ condition: {} }, 'correlation.condition.field: it is missing'],
    [
      { condition: { field: 'a', as: 'town' } },
      'correlation.condition.as: it must be one of value, network, client',
    ],
    [{ aliases: {} }, 'correlation: it may not hold aliases'],
    [{ rules: 'nobody' }, 'correlation.rules: there is no rule with the id or name nobody'],
  ])('with %j is refused in a sentence', (more, problem) => {
    expect(problemsOf(base, firstSeen(more))).toContain(problem)
  })
})

test.each([
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605 Version/18.6 Mobile/15E Safari/604',
    'Safari on iOS',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537 Chrome/142.0 Safari/537 Edg/142.0',
    'Edge on Windows',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AsanaDesktop/2.4 Chrome/142 Safari/537',
    'Asana on macOS',
  ],
  ['python-requests/2.32.5', 'python-requests'],
  ['\u202e"><script>', '\u202e"><script>'],
])('the kind of the client %j is %j', (agent, kind) => {
  const read = rulesOf(
    base,
    firstSeen({ learning: '1m', condition: { field: 'context.user_agent', as: 'client' } }),
  )
  const detector = createDetector({ rules: read })
  detector.add(event({ gid: 'a', context: { user_agent: 'other' } }))
  const [hit] = detector.add(
    event({ gid: 'b', created_at: '2026-11-02T10:00:00.000Z', context: { user_agent: agent } }),
  )
  expect(hit?.firstSeen?.value).toBe(kind)
})

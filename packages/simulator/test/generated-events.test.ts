import { eventType, eventTypes, parseAuditLogEvent } from '@asana-audit/schema'
import { parseInstant } from '@asana-audit/schema/lossless'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { generateEvents } from '../src/index.ts'

const until = Date.parse('2026-11-01T00:00:00Z')
const from = until - 90 * 86_400_000
const events = generateEvents({ count: 5000, from, until })

function share(matching: (event: (typeof events)[number]) => boolean): number {
  return events.filter(matching).length / events.length
}

test('from 159 events on, every event type of the catalogue occurs', () => {
  const few = generateEvents({ count: 200, from, until, seed: 9 })
  for (const sample of [few, events])
    expect(new Set(sample.map((event) => event.event_type))).toEqual(new Set(eventTypes.keys()))
})

test('for any seed and span there are as many events as asked for, in the span, with ascending gids and times, the same each time', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(400), fc.integer({ min: 1, max: 90 }), (seed, count, days) => {
      const options = { seed, count, from: until - days * 86_400_000, until, equalTimes: 0.2 }
      const sample = generateEvents(options)
      expect(sample).toHaveLength(count)
      expect(generateEvents(options)).toEqual(sample)
      sample.forEach((event, index) => {
        const before = sample[index - 1]
        expect(event.gid).toMatch(/^\d{16}$/)
        expect(event.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
        const at = Date.parse(event.created_at)
        expect(at >= options.from && at < until).toBe(true)
        if (!before) return
        expect(BigInt(event.gid) > BigInt(before.gid)).toBe(true)
        expect(at >= Date.parse(before.created_at)).toBe(true)
      })
    }),
    { numRuns: 30 },
  )
})

test('another seed gives other events', () => {
  expect(generateEvents({ count: 50, from, until, seed: 2 })).not.toEqual(events.slice(0, 50))
})

test('each event is valid in the schema, with the category and resource of the catalogue', () => {
  for (const event of events) {
    expect(() => parseAuditLogEvent(event)).not.toThrow()
    expect(parseInstant(event.created_at)).toBeDefined()
    const known = eventType(event.event_type)
    expect(event.event_category).toBe(known?.category)
    const expected =
      event.event_type === 'workspace_saml_settings_changed' ? 'email_domain' : known?.resourceType
    expect(event.resource?.resource_type).toBe(expected ?? 'workspace')
  }
})

test('details have only the fields that are known for the type', () => {
  for (const event of events) {
    const known = Object.keys(eventType(event.event_type)?.details ?? {})
    expect(known).toEqual(expect.arrayContaining(Object.keys(event.details ?? {})))
    if (known.length > 0) expect(Object.keys(event.details ?? {}).length).toBeGreaterThan(0)
  }
})

test('logins are the most frequent, most details are empty, and some names are null', () => {
  expect(share((event) => event.event_category === 'logins')).toBeGreaterThan(0.3)
  expect(share((event) => Object.keys(event.details ?? {}).length === 0)).toBeGreaterThan(0.4)
  expect(share((event) => event.resource?.name === null)).toBeGreaterThan(0.01)
})

test('every actor type and context occurs; only users have more than an actor type', () => {
  const actorTypes = new Set(events.map((event) => event.actor.actor_type))
  expect(actorTypes).toEqual(
    new Set(['user', 'asana', 'asana_support', 'anonymous', 'external_administrator']),
  )
  for (const { actor } of events)
    if (actor.actor_type !== 'user') expect(actor).toEqual({ actor_type: actor.actor_type })
  expect(new Set(events.map((event) => event.context?.context_type))).toEqual(
    new Set(['web', 'desktop', 'mobile', 'asana_support', 'asana', 'email', 'api']),
  )
  expect(new Set(events.map((event) => event.context?.api_authentication_method))).toEqual(
    new Set([undefined, 'service_account', 'personal_access_token', 'oauth']),
  )
  const support = events.find((event) => event.actor.actor_type === 'asana_support')
  expect(Number.isSafeInteger(support?.context?.on_behalf_of_user_id)).toBe(true)
  expect(share((event) => event.context?.rule_name !== undefined)).toBeGreaterThan(0)
})

test('addresses and domains are reserved for documentation', () => {
  for (const event of events) {
    const ip = event.context?.client_ip_address
    if (ip !== undefined) expect(ip).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$|^2001:db8:/)
    for (const email of [event.actor.email, event.resource?.email])
      if (email) expect(email).toMatch(/^[a-z.-]+@example\.(com|org|net)$/)
  }
  expect(share((event) => event.context?.client_ip_address?.includes(':') === true)).toBeGreaterThan(0.02)
  expect(events.some((event) => /\p{Script=Han}/u.test(event.actor.name ?? ''))).toBe(true)
})

test('there are fewer events at weekends', () => {
  const onWeekend = share((event) => [0, 6].includes(new Date(event.created_at).getUTCDay()))
  expect(onWeekend).toBeGreaterThan(0.005)
  expect(onWeekend).toBeLessThan(0.1)
})

test('many events have the same time only if the options say so', () => {
  const distinct = (sample: typeof events) => new Set(sample.map((event) => event.created_at)).size
  const tied = generateEvents({ count: 5000, from, until, equalTimes: 0.5 })
  expect(distinct(events)).toBeGreaterThan(4950)
  expect(distinct(tied)).toBeLessThan(2700)
})

test.each([
  { count: 3 },
  { count: 3, from: '2026-01-01', until: '2026-01-02' },
  { count: 3, from: until, until: from },
])('an invalid span is refused: %j', (options) => {
  expect(() => generateEvents(options as never)).toThrow(
    'option from must be a time in milliseconds since 1970',
  )
})

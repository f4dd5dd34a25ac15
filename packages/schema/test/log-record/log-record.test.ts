import { describe, expect, test } from 'vitest'
import { fromLogRecord, keepAll, toLogRecord } from '../../src/index.ts'
import { toJsonText } from '../../src/lossless.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { holds } from '../support/holds.ts'

const event = {
  gid: '1200000000000001',
  created_at: '2026-01-02T03:04:05.123456789Z',
  event_type: 'user_login_succeeded',
  event_category: 'logins',
  actor: { actor_type: 'user', gid: '7', name: 'Ada', email: 'ada@example.com' },
  resource: {
    resource_type: 'user',
    resource_subtype: 'user',
    gid: '7',
    name: 'Ada',
    email: 'ada@example.com',
  },
  details: { method: ['SAML'], saml_response: null },
  context: {
    context_type: 'api',
    api_authentication_method: 'oauth',
    client_ip_address: '192.0.2.7',
    user_agent: 'curl',
    oauth_app_name: 'App',
    rule_name: 'Rule',
    on_behalf_of_user_id: 42,
  },
}

const observedTimestamp: [number, number] = [1_790_000_000, 5]

test('a full event is mapped one to one, with the aliases and the indicators', () => {
  expect(toLogRecord(event, { fieldPolicy: keepAll, observedTimestamp })).toEqual({
    eventName: 'asana.audit.user_login_succeeded',
    timestamp: [1_767_323_045, 123_456_789],
    observedTimestamp,
    severityNumber: 9,
    body: 'Sign-in to an account completed: Ada (user), by Ada (ada@example.com), from 192.0.2.7 (api).',
    attributes: {
      'asana.audit.gid': '1200000000000001',
      'asana.audit.created_at': '2026-01-02T03:04:05.123456789Z',
      'asana.audit.event_type': 'user_login_succeeded',
      'asana.audit.event_category': 'logins',
      'asana.audit.relevance': 'informational',
      'asana.audit.actor.actor_type': 'user',
      'asana.audit.actor.gid': '7',
      'asana.audit.actor.name': 'Ada',
      'asana.audit.actor.email': 'ada@example.com',
      'asana.audit.resource.resource_type': 'user',
      'asana.audit.resource.resource_subtype': 'user',
      'asana.audit.resource.gid': '7',
      'asana.audit.resource.name': 'Ada',
      'asana.audit.resource.email': 'ada@example.com',
      'asana.audit.details': '{"method":["SAML"],"saml_response":null}',
      'asana.audit.context.context_type': 'api',
      'asana.audit.context.api_authentication_method': 'oauth',
      'asana.audit.context.client_ip_address': '192.0.2.7',
      'asana.audit.context.user_agent': 'curl',
      'asana.audit.context.oauth_app_name': 'App',
      'asana.audit.context.rule_name': 'Rule',
      'asana.audit.context.on_behalf_of_user_id': 42,
      'log.record.uid': '1200000000000001',
      'user.id': '7',
      'user.email': 'ada@example.com',
      'user.full_name': 'Ada',
      'client.address': '192.0.2.7',
      'user_agent.original': 'curl',
      'asana.audit.indicators.email': ['ada@example.com'],
      'asana.audit.indicators.ip': ['192.0.2.7'],
      'asana.audit.indicators.username': ['Ada'],
    },
  })
})

test('the observed time is the present by default', () => {
  const before = Math.floor(Date.now() / 1000)
  const [seconds, nanos] = toLogRecord(event).observedTimestamp
  expect(seconds).toBeGreaterThanOrEqual(before)
  expect(nanos).toBeLessThan(1_000_000_000)
})

describe('a value that no attribute can hold', () => {
  function unmapped(change: object): unknown {
    const text = toLogRecord({ ...event, ...change }).attributes['asana.audit.unmapped']
    return text === undefined ? undefined : JSON.parse(text as string)
  }

  test.each([
    ['nothing', {}, undefined],
    ['a new field', { workspace: { gid: '1' } }, { workspace: { gid: '1' } }],
    ['null', { event_category: null }, { event_category: null }],
    ['a null name', { resource: { gid: '1', name: null } }, { resource: { name: null } }],
    ['a number in place of text', { actor: { gid: 7, name: 'Ada' } }, { actor: { gid: 7 } }],
    [
      'text in place of a number',
      { context: { on_behalf_of_user_id: '42' } },
      { context: { on_behalf_of_user_id: '42' } },
    ],
    ['an empty part', { context: {} }, { context: {} }],
    ['a part of another shape', { details: ['x'], resource: 'r' }, { details: ['x'], resource: 'r' }],
    ['broken UTF-16', { actor: { name: 'a\ud800' } }, { actor: { name: 'a\ud800' } }],
  ])('%s is kept at its path in one JSON text', (_what, change, expected) => {
    expect(unmapped(change)).toEqual(expected)
  })

  test('has a readable copy if it is broken UTF-16, and a gid that would change on the wire is not an id', () => {
    const { attributes } = toLogRecord({ ...event, gid: '1\ud800', actor: { name: 'a\ud800' } })
    expect(attributes).toMatchObject({ 'asana.audit.gid': '1\ufffd', 'asana.audit.actor.name': 'a\ufffd' })
    expect(attributes).not.toHaveProperty('log.record.uid')
  })
})

describe('structured details', () => {
  function details(value: Record<string, unknown>) {
    const { attributes } = toLogRecord({ ...event, details: value }, { details: 'structured' })
    return { map: attributes['asana.audit.details'], unmapped: attributes['asana.audit.unmapped'] }
  }

  test('are a map if every value fits', () => {
    const value = { group: { gid: '1', tags: ['a', 1, 2.5, true, null, {}] } }
    expect(details(value)).toEqual({ map: value, unmapped: undefined })
  })

  test.each([
    ['an integer past 2^53', { n: 2 ** 53 }, { n: '9007199254740992' }],
    ['1e300', { n: 1e300 }, { n: '1e+300' }],
    ['a number past every double', { n: Number.POSITIVE_INFINITY }, { n: 'Infinity' }],
    ['minus zero', { n: -0 }, { n: 0 }],
    ['a member called constructor', { a: { constructor: 1, b: 2 } }, { a: { b: 2 } }],
    ['a member without a name', { '': 1, b: 2 }, { b: 2 }],
    ['broken UTF-16', { 'k\ud800': 'v\udc00' }, { 'k\ufffd': 'v\ufffd' }],
  ])('with %s are rewritten, and whole in the JSON text beside', (_what, value, map) => {
    const found = details(value)
    expect(found.map).toStrictEqual(map)
    expect(found.unmapped).toBe(toJsonText({ details: value }))
  })

  test('have 24 levels at most, and the rest as JSON text', () => {
    let value: Record<string, unknown> = { end: 1 }
    for (let level = 0; level < 30; level++) value = { a: value }
    let { map } = details(value)
    let levels = 0
    for (; typeof map === 'object'; levels++) map = (map as { a: typeof map }).a
    expect(levels).toBe(24)
    expect(JSON.parse(map as string)).toHaveProperty('a')
  })
})

describe('the event name', () => {
  test.each([
    ['brand_new_type_2', 'asana.audit.brand_new_type_2'],
    ['With Capitals', 'asana.audit.unknown'],
    ['line\nbreak', 'asana.audit.unknown'],
    ['a\n', 'asana.audit.unknown'],
    ['x'.repeat(200), `asana.audit.${'x'.repeat(200)}`],
    ['x'.repeat(201), 'asana.audit.unknown'],
  ])('of %j is %s', (event_type, name) => {
    const record = toLogRecord({ ...event, event_type })
    expect(record.eventName).toBe(name)
    expect(record.attributes['asana.audit.event_type']).toBe(event_type)
  })
})

describe('the timestamp', () => {
  test.each([
    ['1969-12-31T23:59:59.999Z', [0, 0]],
    ['9999-12-31T23:59:59Z', [0, 0]],
    ['2554-07-21T23:34:32.999999999Z', [18_446_744_072, 999_999_999]],
    ['2554-07-21T23:34:33Z', [0, 0]],
  ])('of %s is %j, and created_at keeps the truth', (created_at, timestamp) => {
    const record = toLogRecord({ ...event, created_at })
    expect(record.timestamp).toEqual(timestamp)
    expect(record.attributes['asana.audit.created_at']).toBe(created_at)
  })

  test('always fits unsigned 64-bit nanoseconds', () => {
    holds(arbitraryEvent, (any) => {
      const [seconds, nanos] = toLogRecord(any).timestamp
      const total = BigInt(seconds) * 1_000_000_000n + BigInt(nanos)
      return total >= 0n && total < 2n ** 64n
    })
  })
})

test('records of one event do not share parts', () => {
  const early = { ...event, created_at: '1969-01-01T00:00:00Z' }
  expect(toLogRecord(early).timestamp).not.toBe(toLogRecord(early).timestamp)
})

test.each(samples.map((sample) => [sample.event_type, sample]))(
  'the sample of %s is restored from its record',
  (_type, sample) => {
    expect(fromLogRecord(toLogRecord(sample))).toEqual(sample)
  },
)

test('an integer is restored from decoders that give text or a bigint', () => {
  const { attributes } = toLogRecord(event)
  for (const value of ['42', 42n, 42]) {
    const read = fromLogRecord({
      attributes: { ...attributes, 'asana.audit.context.on_behalf_of_user_id': value },
    })
    expect(read.context?.on_behalf_of_user_id).toBe(42)
  }
})

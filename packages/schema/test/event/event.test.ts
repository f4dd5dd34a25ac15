import { describe, expect, test } from 'vitest'
import { auditLogEvent, parseAuditLogEvent } from '../../src/index.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }

const event = {
  gid: '1',
  created_at: '2026-01-02T03:04:05.678Z',
  event_type: 'user_logged_out',
  actor: { actor_type: 'user' },
}

test.each(samples.map((sample) => [sample.event_type, sample]))(
  'the sample of %s is accepted',
  (_type, sample) => {
    expect(parseAuditLogEvent(sample)).toEqual({ event: sample })
  },
)

test.each([
  ['an unknown event type', { event_type: 'something_new' }],
  ['an unknown category', { event_category: 'something_new' }],
  ['an unknown actor type', { actor: { actor_type: 'robot' } }],
  ['an empty actor', { actor: {} }],
  ['a new field', { severity: { level: 3 } }],
  ['null names', { resource: { name: null, email: null } }],
  ['null parts', { resource: null, details: null, context: null, event_category: null }],
  ['parts of other shapes', { resource: 'r', details: [1], context: 7, event_category: {} }],
  ['a time with an offset', { created_at: '2026-01-02T03:04:05+00:00' }],
])('%s passes through whole', (_what, change) => {
  const raw = { ...event, ...change }
  const parsed = parseAuditLogEvent(raw)
  expect('event' in parsed && parsed.event).toBe(raw)
})

test('a member with the name __proto__ is kept', () => {
  const raw = JSON.parse(
    '{"gid":"1","created_at":"2026-01-02T03:04:05Z","event_type":"x","actor":{"__proto__":1}}',
  )
  const parsed = parseAuditLogEvent(raw)
  expect('event' in parsed && Object.keys(parsed.event.actor)).toEqual(['__proto__'])
})

describe('a refusal names each wrong field', () => {
  test.each([
    [null, 'not an object'],
    ['text', 'not an object'],
    [[event], 'not an object'],
    [{}, 'gid: missing; created_at: missing; event_type: missing; actor: missing'],
    [{ ...event, gid: 1 }, 'gid: not a string'],
    [{ ...event, gid: '' }, 'gid: empty'],
    [{ ...event, gid: null }, 'gid: not a string'],
    [{ ...event, event_type: '' }, 'event_type: empty'],
    [{ ...event, actor: [] }, 'actor: not an object'],
    [{ ...event, actor: null }, 'actor: not an object'],
    [{ ...event, created_at: 1767323045 }, 'created_at: not a string'],
    [{ ...event, created_at: '2026-02-30T00:00:00Z' }, 'created_at: not an RFC 3339 time that exists'],
    [{ ...event, created_at: '2026-01-02T03:04:05' }, 'created_at: not an RFC 3339 time that exists'],
    [
      { ...event, created_at: 'yesterday', actor: undefined },
      'created_at: not an RFC 3339 time that exists; actor: missing',
    ],
  ])('%j', (raw, reason) => {
    expect(parseAuditLogEvent(raw)).toEqual({ reason })
  })
})

test('values that are nested too deeply for recursion are checked like others', () => {
  let deep: unknown = {}
  for (let level = 0; level < 100_000; level++) deep = [deep]
  expect(parseAuditLogEvent(deep)).toEqual({ reason: 'not an object' })
  expect(parseAuditLogEvent({ ...event, details: { deep } })).toHaveProperty('event')
  expect(parseAuditLogEvent({ ...event, actor: deep })).toEqual({ reason: 'actor: not an object' })
})

test('the zod schema gives the same result', () => {
  expect(auditLogEvent.safeParse(event)).toEqual({ success: true, data: event })
  expect(auditLogEvent.safeParse({ ...event, gid: '' }).success).toBe(false)
})

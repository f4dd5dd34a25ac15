import { expect, test } from 'vitest'
import { type AuditLogEvent, drift } from '../../src/index.ts'
import samples from '../fixtures/sample-events.json' with { type: 'json' }
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { holds } from '../support/holds.ts'

const event = {
  gid: '1',
  created_at: '2026-01-02T03:04:05Z',
  event_type: 'user_login_succeeded',
  actor: { actor_type: 'user' },
}

test('the samples have no drift', () => {
  for (const sample of samples) expect(drift(sample)).toEqual([])
})

test.each([
  [
    'an unknown event type',
    { event_type: 'team_moved' },
    { kind: 'event_type', path: 'event_type', value: 'team_moved' },
  ],
  [
    'an unknown category',
    { event_category: 'ai' },
    { kind: 'category', path: 'event_category', value: 'ai' },
  ],
  ['a new field', { severity: 3 }, { kind: 'field', path: 'severity' }],
  ['a new field of the actor', { actor: { team: 't' } }, { kind: 'field', path: 'actor.team' }],
  ['a new field of the context', { context: { port: 443 } }, { kind: 'field', path: 'context.port' }],
  [
    'a new kind of actor',
    { actor: { actor_type: 'agent' } },
    { kind: 'enum_value', path: 'actor.actor_type', value: 'agent' },
  ],
  [
    'a new kind of context',
    { context: { context_type: 'watch' } },
    { kind: 'enum_value', path: 'context.context_type', value: 'watch' },
  ],
  [
    'a new way to authenticate',
    { context: { api_authentication_method: 'passkey' } },
    { kind: 'enum_value', path: 'context.api_authentication_method', value: 'passkey' },
  ],
  ['a field of another type', { actor: { gid: 7 } }, { kind: 'shape', path: 'actor.gid', value: 'integer' }],
  ['a part of another shape', { resource: ['r'] }, { kind: 'shape', path: 'resource', value: 'array' }],
  ['details of another shape', { details: 'text' }, { kind: 'shape', path: 'details', value: 'string' }],
  [
    'a new field of the details',
    { details: { device: 'd' } },
    { kind: 'field', path: 'details.device', value: 'user_login_succeeded' },
  ],
  [
    'a detail of another type',
    { details: { method: 'SAML' } },
    { kind: 'shape', path: 'details.method', value: 'string' },
  ],
  ['a field called constructor', { constructor: 1 }, { kind: 'field', path: 'constructor' }],
])('%s is told', (_what, change, expected) => {
  // Asana may send a value that the type does not allow.
  expect(drift({ ...event, ...change } as unknown as AuditLogEvent)).toEqual([expected])
})

test('null is no drift in any field', () => {
  const nulls = {
    resource: null,
    details: { method: null },
    context: { user_agent: null },
    event_category: null,
  }
  expect(drift({ ...event, ...nulls })).toEqual([])
})

test('the number of findings is bounded for any event', () => {
  holds(arbitraryEvent, (any) => {
    const found = drift(any)
    return (
      found.length <= 20 && found.every(({ path, value = '' }) => path.length <= 100 && value.length <= 100)
    )
  })
})

import { expect, test } from 'vitest'
import { fieldPolicy, toLogRecord } from '../../src/index.ts'
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { holds } from '../support/holds.ts'

const event = {
  gid: '1',
  created_at: '2026-01-02T03:04:05Z',
  event_type: 'user_workspace_admin_role_changed',
  actor: { actor_type: 'user', name: 'Ada', email: 'ada@example.com' },
  resource: { resource_type: 'user', name: 'Bob' },
  details: { old_value: 'member', new_value: 'super_admin' },
  context: { context_type: 'web', client_ip_address: '192.0.2.7' },
}

test.each([
  [
    'everything is known',
    event,
    'Member\'s workspace admin role changed: Bob (user), changed from "member" to "super_admin", by Ada (ada@example.com), from 192.0.2.7 (web).',
  ],
  [
    'the type is unknown',
    { ...event, event_type: 'team_moved', details: {} },
    'Team moved: Bob (user), by Ada (ada@example.com), from 192.0.2.7 (web).',
  ],
  [
    'names are missing',
    { ...event, actor: { actor_type: 'asana' }, resource: { gid: '12', name: null }, details: null },
    "Member's workspace admin role changed: 12, by asana, from 192.0.2.7 (web).",
  ],
  [
    'only the type is known',
    { gid: '1', created_at: '2026-01-02T03:04:05Z', event_type: 'user_logged_out', actor: {} },
    'Session was ended by logout.',
  ],
  [
    'the type has no readable words',
    { gid: '1', created_at: '2026-01-02T03:04:05Z', event_type: '\n', actor: {} },
    'Event.',
  ],
])('the body is a sentence if %s', (_when, any, body) => {
  expect(toLogRecord(any).body).toBe(body)
})

test('line breaks and changes of writing direction in a value are removed', () => {
  const actor = { name: 'Eve\r\nroot logged in\u2028\u202e' }
  expect(toLogRecord({ ...event, actor }).body).toContain('by Eve root logged in, from')
})

test('an emoji of several characters stays whole', () => {
  const body = toLogRecord({ ...event, resource: { name: '👩‍🚒 team' } }).body
  expect(body).toContain(': 👩‍🚒 team,')
})

test('the sentence has no value that the field policy removes', () => {
  const policy = fieldPolicy({ fields: { 'actor.email': 'drop', 'actor.name': 'drop', details: 'drop' } })
  expect(toLogRecord(event, { fieldPolicy: policy }).body).toBe(
    "Member's workspace admin role changed: Bob (user), by user, from 192.0.2.7 (web).",
  )
})

test('for any event the sentence is one well-formed line of bounded length', () => {
  const words = '😀'.repeat(10_000)
  const long = {
    ...event,
    event_type: words,
    actor: { name: words, email: words },
    resource: { name: words, resource_type: words },
    details: { old_value: words, new_value: words },
    context: { client_ip_address: words, context_type: words },
  }
  const bounded = (body: string) =>
    [...body].length <= 2_000 && body.isWellFormed() && !/\p{Cc}|\p{Zl}|\p{Zp}/u.test(body)
  expect(bounded(toLogRecord(long).body)).toBe(true)
  holds(arbitraryEvent, (any) => bounded(toLogRecord(any).body))
})

import { type AuditLogEvent, fieldPolicy, keepAll } from '@asana-audit/schema'
import { describe, expect, test } from 'vitest'
import { acceptPage } from '../../../src/source/pages/accept-page.ts'
import { pageEntries } from '../../../src/source/pages/page-entries.ts'
import { identityOf } from '../../../src/state/identity-of.ts'

const event = (gid: string): AuditLogEvent => ({
  gid,
  created_at: '2026-02-01T09:00:00.123Z',
  event_type: 'user_login_succeeded',
  actor: { actor_type: 'user', gid: '7', name: 'Ann Lee', email: 'ann@example.com' },
})
const withSaml = { ...event('2'), details: { saml_response: 'PHNhbWw+' } }
const data = [event('1'), { gid: '9' }, withSaml]
const { entries } = pageEntries({
  ...{ body: Buffer.from(JSON.stringify({ data })), offset: undefined, isEmpty: false },
  ...{ date: undefined, limit: undefined },
})
const clocks = { asana: 0, own: 0 }

describe.each([
  ['everything', keepAll],
  ['all but what is dropped', fieldPolicy()],
  ['no people', fieldPolicy({ people: 'drop' })],
])('a page of which %s is kept', (_, policy) => {
  test('has the identities of the events that it gives', () => {
    const { events, identities } = acceptPage({ fieldPolicy: policy })(entries, undefined, clocks)
    expect(events).toHaveLength(2)
    expect(identities).toEqual(events.map(identityOf))
  })
})

test('readers of the same page get the same identity of an event that both leave as it is', () => {
  const [one, other] = [keepAll, fieldPolicy()].map(
    (policy) => acceptPage({ fieldPolicy: policy })(entries, undefined, clocks).identities,
  )
  expect(one?.[0]).toBe(other?.[0])
  expect(one?.[1]).not.toEqual(other?.[1])
})

import type { AuditLogEvent } from '@asana-audit/schema'
import { expect, test } from 'vitest'
import { type EventFilter, eventMatcher } from '../../src/input/events/event-filter.ts'
import { ipRange } from '../../src/query/ip-range.ts'
import { event } from '../support/archive.ts'

function found(filter: EventFilter, ...some: readonly AuditLogEvent[]): string[] {
  return some.filter(eventMatcher(filter)).map(({ gid }) => gid)
}

test.each([
  ['attempt was REJECTED', ['1']],
  ['zürich', ['2']],
  ['zu\u0308rich', ['2']],
  ['192.0.2', ['1', '2', '3']],
  ['client_ip_address', []],
])(
  'a text is searched in the description and in every value, in any case, but not in names of fields: %s',
  (text, gids) => {
    const some = [
      event('1', { event_type: 'user_login_failed' }),
      event('2', { details: { app: { names: ['ZÜRICH Sync'] } } }),
      event('3'),
    ]
    expect(found({ text }, ...some)).toEqual(gids)
  },
)

test('an event that is nested thousands of levels deep is searched too', () => {
  let details: Record<string, unknown> = { found: 'needle' }
  for (let depth = 0; depth < 20_000; depth += 1) details = { details }
  expect(found({ text: 'NEEDLE' }, event('1', { details }))).toEqual(['1'])
})

test('an event with a shape that is not documented does not match and causes no error', () => {
  const odd = event('1', {
    actor: { email: 17 as never },
    resource: 'a task' as never,
    context: null,
    event_category: 5 as never,
  })
  for (const filter of [
    { actorEmail: 'ada@example.com' },
    { resourceGid: '1' },
    { ip: ipRange('192.0.2.7') },
    { categories: ['deletion'] },
  ])
    expect(found(filter, odd)).toEqual([])
})

test('if Asana sent no category, that of the catalogue is used', () => {
  expect(found({ categories: ['logins'] }, event('1', { event_category: null }))).toEqual(['1'])
})

test.each([
  ['192.0.2.7', ['192.0.2.7'], ['192.0.2.70', '2001:db8::7', 'unknown', '']],
  ['192.0.2.0/25', ['192.0.2.0', '192.0.2.127'], ['192.0.2.128']],
  ['0.0.0.0/0', ['255.1.2.3'], ['2001:db8::1']],
  ['2001:DB8::/32', ['2001:db8:0:0::1'], ['2001:db9::1', '192.0.2.7']],
  ['2001:db8::1', ['2001:0db8:0:0:0:0:0:1'], ['2001:db8::2']],
])('the range %s contains its addresses and no others', (range, inside, outside) => {
  const contains = ipRange(range)
  expect(inside.map((address) => contains?.(address))).toEqual(inside.map(() => true))
  expect(outside.map((address) => contains?.(address))).toEqual(outside.map(() => false))
})

test.each(['1.2.3', '192.0.2.0/33', '192.0.2.0/-1', '192.0.2.0/', '::/129', 'a/8', '10.0.0.0/8/8', ''])(
  '%j is not accepted as a range of addresses',
  (text) => {
    expect(ipRange(text)).toBeUndefined()
  },
)

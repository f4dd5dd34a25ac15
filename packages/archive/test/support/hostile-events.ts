import type { TestEvent } from './archive-folder.ts'
import { eventAt, noon } from './archive-folder.ts'

/** Events whose contents have broken writers and readers of Parquet: all happened on one day. */
export const hostileEvents: readonly TestEvent[] = [
  eventAt(1, noon, { ü: '\ud800', deep: [[[{ a: null }]]], big: '1e999' }),
  { ...eventAt(2, noon), created_at: '2026-03-10T12:00:00.123456789Z' },
  { ...eventAt(3, noon), created_at: '2026-03-10T17:30:00.000001+05:30' },
  { ...eventAt(4, noon), actor: { actor_type: 'user', name: '😀', email: '\uffff' } } as TestEvent,
  { ...eventAt(5, noon), actor: { name: '\uff21', gid: 7 }, resource: 'a text' } as TestEvent,
  { ...eventAt(6, noon), details: null, context: { on_behalf_of_user_id: 9007199254740991 } } as never,
  { ...eventAt(7, noon), details: [], context: { on_behalf_of_user_id: '900719925474099123' } } as never,
  { ...eventAt(8, noon), resource: { name: `${'x'.repeat(40)}\u{10ffff}`, resource_type: '' } } as TestEvent,
  { ...eventAt(9, noon), gid: '\udc00' },
]

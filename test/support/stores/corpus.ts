import type { AuditLogEvent } from '../../../packages/schema/src/index.ts'
import { generateEvents, storyNames } from '../../../packages/simulator/src/index.ts'

const day = 86_400_000

/** What every store is given: the days of an ordinary organisation with every attack in them, and what no schema expects. */
export interface Corpus {
  readonly simulated: readonly AuditLogEvent[]
  readonly hostile: readonly AuditLogEvent[]
}

/** Events of the last 89 days before `until`, each list by time. Pure: the same at every call, but for the times. */
export function corpus(until: number): Corpus {
  const from = until - 89 * day
  return {
    simulated: generateEvents({ count: 5_000, from, until, stories: storyNames }),
    hostile: hostileDetails.map((details, number) => hostileEvent(details, number, until - day)),
  }
}

/** As `startAsana` serves them: one log by time, each event as JSON text. */
export function servedLog({ simulated, hostile }: Corpus): string[] {
  const all = [...simulated, ...hostile].toSorted(
    (one, other) => Date.parse(one.created_at) - Date.parse(other.created_at),
  )
  return all.map((event) => JSON.stringify(event))
}

function hostileEvent(details: unknown, number: number, from: number): AuditLogEvent {
  const name = names[number % names.length]
  return {
    gid: `13${String(number).padStart(14, '0')}`,
    // Three events each share a millisecond.
    created_at: new Date(from + Math.floor(number / 3)).toISOString(),
    event_type: number % 4 === 3 ? 'a_type_of_next_year' : 'workspace_default_session_duration_changed',
    event_category: 'admin_settings',
    actor: { actor_type: 'user', gid: '1111', name, email: 'ada@example.com' },
    resource: { resource_type: 'workspace', gid: '42', name },
    details,
    context: { context_type: 'web', client_ip_address: '2001:db8::1', user_agent: name },
  } as AuditLogEvent
}

const names = [
  'Ada Example',
  '😀👩‍👩‍👧‍👦🏳️‍🌈',
  'مُحَمَّد \u202eevil\u202c',
  'lone \ud800 high',
  '"quoted" \\ back',
  'tab\tand\nline\r\u0000\u0007\u2028end',
  '   ',
  'x'.repeat(9_000),
  "'; DROP TABLE audit; -- {{gid}} $(id) %s",
]

/** Fields of the same name with values of other types, and names that stores read as paths. */
const hostileDetails: readonly unknown[] = [
  { old_value: 14, new_value: 'never' },
  { old_value: '14 days', new_value: 30 },
  { old_value: { days: 14 }, new_value: { days: null } },
  { old_value: [1, 'two', { three: 3 }], new_value: true },
  { old_value: null, new_value: '' },
  { old_value: 1.5, new_value: -0 },
  { old_value: '2026-02-30', new_value: '2026-11-01T23:59:60Z' },
  { old_value: 2 ** 53, new_value: 1e300 },
  { '': 'no name' },
  { '.': 'a dot' },
  { 'a..b': 'two dots' },
  { '.a': 1, 'a.': 2, ' ': 3 },
  { a: 'a text', 'a.b': 'below a text' },
  { 'a.b': 1, a: { b: 2 } },
  { a: { b: { c: 'deep' } } },
  { a: 7 },
  { a: [{ b: 1 }, { b: 'one' }, { b: null }] },
  JSON.parse('{"__proto__":"own","constructor":{"prototype":1},"toString":"t"}'),
  Object.fromEntries(Array.from({ length: 1_500 }, (_, number) => [`key_${number}`, number])),
  Object.fromEntries(Array.from({ length: 200 }, (_, number) => [`key_${number}`, `text ${number}`])),
  { text: 'long '.repeat(240_000) },
  { text: 'é'.repeat(40_000) },
  { text: '\u0000\u0001\u001f\u007f\u2028\u2029\ufffe' },
  { text: 'line\nline\r\nline\ttab' },
  { deep: nested(30) },
  { deep: nested(150) },
  { list: [] },
  { list: [[], [[]], {}] },
  { list: Array.from({ length: 2_000 }, (_, number) => number) },
  { _id: 'x', _source: 'y', _index: 'z', _time: 'w', _msg: 'v', _stream: 'u' },
  { '@timestamp': 'not a time', time: 'not a time', timestamp: -1 },
  { level: 5, severity: {}, message: ['a', 'list'], body: null },
  { 'asana.audit.gid': 'forged', 'log.record.uid': 'forged', gid: 'forged' },
  { group: { gid: '7', name: 'Group', resource_type: 'team' }, user: 'ada' },
  { ip: 'not an address', address: '999.1.1.1', port: '443' },
  { [`${'k'.repeat(300)}`]: 'a long name' },
  { 'k\ne\ty"\\': 'a name with control characters', '😀': 'emoji', é: 'accent' },
  'details as a text',
  [1, 'details', { as: 'a list' }],
  {},
]

function nested(levels: number): unknown {
  let value: unknown = 'bottom'
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { level: value }
  return value
}

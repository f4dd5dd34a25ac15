/** One event of the hostile tenant. */
export interface HostileEvent {
  readonly gid: string
  /** What the tenant sends. */
  readonly json: string
  /** What a reader of that JSON has. */
  readonly value: Readonly<Record<string, unknown>>
  /** When it happened, in nanoseconds since 1970; 0 where OTLP has no number for it. */
  readonly unixNano: bigint
}

/** Writes a number into the JSON digit by digit, where JavaScript has no such number. */
type Digits = (digits: string) => unknown

/** The same events at every call. Everything in them is legal JSON, and has the four parts an event needs. */
export function hostileEvents(count: number): HostileEvent[] {
  return Array.from({ length: count }, (_, number) => hostileEvent(number))
}

function hostileEvent(number: number): HostileEvent {
  const gid = pick(gids, number - 100) ?? `12${String(number).padStart(14, '0')}`
  const [createdAt, unixNano] = at(times, number)(Date.UTC(2026, 5, 1) + number * 137)
  const event = (digits: Digits): Record<string, unknown> =>
    Object.fromEntries([
      ...(number % 7 === 0 ? Object.entries(at(oddFields, number)(digits)) : []),
      ['gid', gid],
      ['created_at', createdAt],
      ['event_type', at(eventTypes, number)],
      ...part('event_category', at(categories, number)),
      ['actor', at(actors, number)(number, digits)],
      ...part('resource', at(resources, number)(number, digits)),
      ...part('details', at(details, number)(number, digits)),
      ...part('context', at(contexts, number)(number, digits)),
    ])
  const json = JSON.stringify(event((digits) => `<digits>${digits}</digits>`))
  return {
    gid,
    json: json.replaceAll(/"<digits>([^<]*)<\/digits>"/g, '$1'),
    value: event(arrives),
    unixNano,
  }
}

/** A number that JavaScript cannot hold arrives as text: an audit record must not say another one. */
function arrives(digits: string): unknown {
  const number = Number(digits)
  if (!Number.isFinite(number)) return digits
  return /^-?\d{16,}$/.test(digits) && String(number) !== digits ? digits : number
}

/** Tables of different, coprime lengths are walked through together, so that everything meets everything. */
function at<T>(table: readonly T[], number: number): T {
  return table[number % table.length] as T
}

function pick<T>(table: readonly T[], number: number): T | undefined {
  return table[number]
}

const absent = Symbol('absent')

function part(name: string, value: unknown): [string, unknown][] {
  return value === absent ? [] : [[name, value]]
}

/** Different ids, whatever a database or a number would make of them. */
const gids = [
  '0',
  '1',
  '01',
  '1.0',
  '1e0',
  '+1',
  ' 1',
  '1 ',
  '１',
  '1\u0000',
  'a',
  'A',
  'é',
  'e\u0301',
  '\ud800',
  '\ud801',
  '__proto__',
  'constructor',
  'null',
  'true',
  '-0',
  '18446744073709551616',
  '18446744073709551617',
  '9007199254740992',
  '9007199254740993',
  `${'g'.repeat(300)}1`,
  `${'g'.repeat(300)}2`,
  "'; DROP TABLE known; --",
  '$(id) %s {{gid}}',
  '\n',
]

type Time = (millis: number) => readonly [text: string, unixNano: bigint]

const times: readonly Time[] = [
  (millis) => [new Date(millis).toISOString(), BigInt(millis) * 1_000_000n],
  (millis) => [new Date(millis).toISOString().replace('Z', '+00:00'), BigInt(millis) * 1_000_000n],
  (millis) => [
    new Date(millis - 330 * 60_000).toISOString().replace('Z', '-05:30'),
    BigInt(millis) * 1_000_000n,
  ],
  (millis) => [
    new Date(millis).toISOString().replace(/\.\d+Z/, '.123456789Z'),
    BigInt(Math.floor(millis / 1_000)) * 1_000_000_000n + 123_456_789n,
  ],
  (millis) => [
    new Date(millis).toISOString().replace(/\.\d+Z/, 'Z'),
    BigInt(Math.floor(millis / 1_000)) * 1_000_000_000n,
  ],
  (millis) => [new Date(millis).toISOString(), BigInt(millis) * 1_000_000n],
  (millis) => [new Date(millis).toISOString(), BigInt(millis) * 1_000_000n],
  () => ['1969-12-31T23:59:59.999Z', 0n],
  (millis) => [new Date(millis).toISOString(), BigInt(millis) * 1_000_000n],
  () => ['9999-12-31T23:59:59.999Z', 0n],
  () => ['1970-01-01T00:00:00.000000001Z', 1n],
]

const eventTypes = [
  'user_login_succeeded',
  'workspace_default_session_duration_changed',
  'entirely_new_event_type',
  'user_workspace_admin_role_changed',
  't'.repeat(5_000),
  'constructor',
  '__proto__',
  'Has Spaces And CAPITALS',
  'user.login/failed',
  '注册成功',
  '🔐',
  'user_login_failed',
  'half a pair \ud83d',
]

const categories: readonly unknown[] = [
  'logins',
  absent,
  'a_category_of_next_year',
  null,
  'admin_settings',
  7,
  'roles',
  { name: 'logins' },
  '',
  'content_export',
  'ログイン',
]

/** What people call themselves. */
const names: readonly unknown[] = [
  'Ada Example',
  null,
  '😀👩‍👩‍👧‍👦🏳️‍🌈',
  '山田太郎',
  'مُحَمَّد \u202eevil\u202c',
  'lone \ud800 high',
  '\udc00low',
  '',
  42,
  'tab\tand\nline\r\u0000\u0007\u2028end',
  '"quoted" \\ back',
  ['a', 'list'],
  '   ',
  'x'.repeat(9_000),
  '<script>alert(1)</script>',
  true,
  '﻿byte order mark',
]

const emails: readonly unknown[] = [
  'ada@example.com',
  'ADA@EXAMPLE.COM',
  null,
  ' padded@example.com ',
  'müller@exämple.de',
  5,
  'not an address',
  '',
  'half\ud83d@example.com',
]

type Part = (number: number, digits: Digits) => unknown

const actors: readonly Part[] = [
  (n) => ({ actor_type: 'user', gid: '1111', name: at(names, n), email: at(emails, n) }),
  () => ({ actor_type: 'external_administrator' }),
  (n) => ({ actor_type: 'a_kind_of_next_year', gid: n, name: at(names, n), email: at(emails, n >> 1) }),
  () => ({}),
  (n) => ({ actor_type: null, gid: null, name: at(names, n >> 2), email: null, nickname: at(names, n) }),
  (n, digits) => ({ actor_type: 'user', gid: digits('12345678901234567890'), name: at(names, n), email: [] }),
  () => ({ gid: '1', constructor: 'c', toString: 'own', '': 'empty', 'a.b': 1, '\\': 'b', '\n': 'n' }),
  () => JSON.parse('{"actor_type":"user","__proto__":{"polluted":true},"hasOwnProperty":1}'),
]

const resources: readonly Part[] = [
  (n) => ({ resource_type: 'user', gid: '1111', name: at(names, n), email: at(emails, n >> 3) }),
  () => absent,
  () => null,
  () => ({ resource_type: 'task', resource_subtype: 'milestone', gid: '9', name: null }),
  () => ({}),
  () => 'a text where an object is expected',
  () => [1, 2, 3],
  (n) => ({
    resource_type: 8,
    resource_subtype: false,
    gid: { id: '1' },
    name: at(names, n),
    parent: { gid: '2' },
  }),
  () => 0,
  (n) => ({ name: at(names, n + 3), email: 'ada@example.com', 'asana.audit.gid': 'forged' }),
]

const contexts: readonly Part[] = [
  (n) => ({ context_type: 'web', client_ip_address: at(addresses, n), user_agent: at(names, n) }),
  () => ({ context_type: 'api' }),
  () => absent,
  (n) => ({
    context_type: 'api',
    api_authentication_method: 'oauth',
    client_ip_address: at(addresses, n >> 1),
    oauth_app_name: at(names, n),
    rule_name: at(names, n >> 2),
    on_behalf_of_user_id: 1200000000000007,
  }),
  () => null,
  (_, digits) => ({
    context_type: 3,
    on_behalf_of_user_id: digits('9223372036854775808'),
    saml_response: 'kept here',
  }),
  () => 'web',
  (n) => ({ context_type: 'a_client_of_next_year', client_port: 443, tls: { version: '1.3', ciphers: [n] } }),
  () => ({ on_behalf_of_user_id: '1200000000000007', user_agent: null, client_ip_address: null }),
  () => ({}),
  () => [],
  () => ({ on_behalf_of_user_id: -1, user_agent: { brands: [] } }),
  () => ({ on_behalf_of_user_id: 1.5, rule_name: '' }),
]

const addresses: readonly unknown[] = [
  '192.0.2.7',
  '2001:db8::1',
  'not an address',
  '192.0.2.7:443',
  '999.1.1.1',
  '::ffff:192.0.2.7',
  '',
  null,
  3232235777,
  'localhost',
]

const details: readonly Part[] = [
  () => ({}),
  (n) => ({ old_value: '14 days', new_value: 'never', note: at(names, n) }),
  () => absent,
  () => null,
  (n) => ({ saml_response: `secret assertion ${n}`, method: ['SAML'], inner: { saml_response: 'kept' } }),
  () => 'details as a text',
  (n) => [n, 'details', { as: 'a list' }],
  (n) => (n % 3 === 0 ? { export: text60kB(n) } : { export: 'small' }),
  (n) => (n % 101 === 0 ? { deep: nested(2_000) } : { deep: nested(30) }),
  (_, digits) => ({
    past53: digits('9007199254740993'),
    past63: digits('9223372036854775808'),
    past64: digits('-18446744073709551617'),
    huge: digits('1e300'),
    infinite: digits('1e400'),
    zero: digits('-0'),
    tiny: digits('5e-324'),
    fraction: 0.1,
  }),
  () =>
    JSON.parse(
      '{"__proto__":"own","constructor":{"prototype":1},"":"empty","a.b":{"c.d":null},"prototype":[]}',
    ),
  () => ({ a: 1, '\\': 2 }),
  () => ({ a: 1, '\n': 2 }),
  () => ({ '"': 1, é: 2, '\ud800': 3, '\u0000': 4, '👍': 5 }),
  (n) => Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`field_${i}`, i % 2 ? n : String(n)])),
  () => false,
  (n) => ({
    group: { gid: String(n), name: at(names, n), resource_type: 'team' },
    list: [null, [], {}, [[]]],
  }),
  () => 1e21,
  () => ({ text: '\u2028\u2029\ufffe\uffff\u{10ffff}', mixed: ['\ud83d', '\ude00', '\ud83d\ude00'] }),
]

/** In 19 kinds of details only every third of one kind has so much, else 20,000 events would be 1.2 GB. */
function text60kB(number: number): string {
  return `${number} 日本語 €\n"`.repeat(4_000).slice(0, 60_000)
}

function nested(levels: number): unknown {
  let value: unknown = 'bottom'
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { level: value }
  return value
}

const oddFields: readonly ((digits: Digits) => Record<string, unknown>)[] = [
  () => JSON.parse('{"__proto__":{"gid":"forged"},"constructor":null,"":0}'),
  (digits) => ({ 'a.b': 1, new_field: digits('18446744073709551616'), labels: { 'k8s.io/name': ['x'] } }),
  () => ({ saml_response: 'at the top, so kept', observed: null }),
  () => ({ toJSON: 'text', valueOf: 1, 'asana.audit.gid': 'forged', unmapped: { gid: 'forged' } }),
  () => Object.fromEntries(Array.from({ length: 150 }, (_, number) => [`top_${number}`, number])),
]

import { expect, test } from 'vitest'
import { fieldPolicy, indicatorPaths, indicators, keepAll, toLogRecord } from '../../src/index.ts'

const event = {
  gid: '1',
  created_at: '2026-01-02T03:04:05Z',
  event_type: 'user_login_succeeded',
  actor: { actor_type: 'user', name: 'Ada', email: 'ada@example.com' },
  resource: { resource_type: 'user', name: 'Not an indicator', email: 'ada@example.com' },
  context: { client_ip_address: '192.0.2.7' },
}

test('the tagged paths are those of the Asana.Audit schema', () => {
  expect(indicatorPaths).toEqual({
    email: [
      ['actor', 'email'],
      ['resource', 'email'],
    ],
    ip: [['context', 'client_ip_address']],
    username: [['actor', 'name']],
  })
})

test('each value is listed once', () => {
  expect(indicators(event)).toEqual({ email: ['ada@example.com'], ip: ['192.0.2.7'], username: ['Ada'] })
})

test('the addresses of two people are both listed', () => {
  const other = { ...event, resource: { email: 'bob@example.com' } }
  expect(indicators(other).email).toEqual(['ada@example.com', 'bob@example.com'])
})

test.each([
  ['2001:db8::1', ['2001:db8::1']],
  [' 192.0.2.7 ', ['192.0.2.7']],
  ['fe80::1%eth0', ['fe80::1']],
  ['::ffff:192.0.2.7', ['::ffff:192.0.2.7']],
  ['192.0.2.7:443', []],
  ['192.0.2.256', []],
  ['192.0.2.7, 198.51.100.1', []],
  ['unknown', []],
  ['', []],
  [null, []],
  [3_221_225_991, []],
  [['192.0.2.7'], []],
])('the address %j gives %j', (client_ip_address, ip) => {
  expect(indicators({ ...event, context: { client_ip_address } }).ip).toEqual(ip)
})

test('a value that is not a text, or blank, is left out', () => {
  const odd = { ...event, actor: { name: '  ', email: 7 }, resource: 'none', context: null }
  expect(indicators(odd)).toEqual({ email: [], ip: [], username: [] })
})

test('a record has the lists as attributes, without the empty ones', () => {
  const { attributes } = toLogRecord({ ...event, context: { client_ip_address: 'unknown' } })
  expect(attributes['asana.audit.indicators.email']).toEqual(['ada@example.com'])
  expect(attributes['asana.audit.indicators.username']).toEqual(['Ada'])
  expect(attributes).not.toHaveProperty('asana.audit.indicators.ip')
  expect(attributes).not.toHaveProperty('client.address')
})

test('the lists hold the values after the field policy', () => {
  const policy = fieldPolicy({
    fields: {
      'context.client_ip_address': 'hash',
      'actor.email': 'hash',
      'actor.name': 'drop',
      resource: 'drop',
    },
    hashKey: 'sixteen bytes ok',
  })
  const { attributes } = toLogRecord(event, { fieldPolicy: policy })
  expect(attributes['asana.audit.indicators.email']).toEqual([expect.stringMatching(/^hmac-sha256:/)])
  expect(attributes).not.toHaveProperty('asana.audit.indicators.ip')
  expect(attributes).not.toHaveProperty('asana.audit.indicators.username')
  expect(JSON.stringify(attributes)).not.toContain('ada@example.com')
  expect(toLogRecord(event, { fieldPolicy: keepAll }).attributes).toHaveProperty('asana.audit.indicators.ip')
})

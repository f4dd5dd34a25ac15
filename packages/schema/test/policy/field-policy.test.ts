import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  applyFieldPolicy,
  defaultFieldPolicy,
  type FieldPolicyOptions,
  fieldPolicy,
  keepAll,
  toLogRecord,
} from '../../src/index.ts'
import { toJsonText } from '../../src/lossless.ts'
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { holds } from '../support/holds.ts'
import { sameJson } from '../support/same-json.ts'

const hashKey = 'a key of 20 bytes ok'

const event = {
  gid: '1',
  created_at: '2026-01-02T03:04:05Z',
  event_type: 'user_login_failed',
  actor: { name: 'Ada', email: 'ada@example.com', gid: null },
  details: {
    method: ['SAML'],
    saml_response: '<Response>',
    members: [{ email: 'a@example.com' }, { email: 'b@example.com' }],
  },
}

function code(options: FieldPolicyOptions): { code: string; message: string } {
  try {
    fieldPolicy(options)
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('the policy was taken')
}

test('by default the SAML response is dropped and nothing else', () => {
  const { saml_response, ...details } = event.details
  expect(applyFieldPolicy(event, defaultFieldPolicy)).toEqual({ ...event, details })
  expect(JSON.stringify(toLogRecord(event))).not.toContain('<Response>')
})

test('an event that a policy does not change is returned, not copied', () => {
  expect(applyFieldPolicy(event, keepAll)).toBe(event)
  const changed = applyFieldPolicy(event, defaultFieldPolicy)
  expect(changed.actor).toBe(event.actor)
  expect(event.details.saml_response).toBe('<Response>')
})

test('a dropped field is missing from everything that is derived from the event', () => {
  const record = toLogRecord(event, { fieldPolicy: fieldPolicy({ fields: { 'actor.email': 'drop' } }) })
  expect(JSON.stringify(record)).not.toContain('ada@example.com')
})

test('a hash is keyed, stable and the same for the same value', () => {
  const policy = fieldPolicy({ fields: { 'actor.email': 'hash', 'details.method': 'hash' }, hashKey })
  const once = applyFieldPolicy(event, policy)
  // printf ada@example.com | openssl dgst -sha256 -hmac 'a key of 20 bytes ok'
  expect(once.actor.email).toBe(
    'hmac-sha256:0d138db92461cd4c43b7862c29b1b10e9accc70d9730310058cc8ad494d78f4a',
  )
  expect(once.details.method).toMatch(/^hmac-sha256:[0-9a-f]{64}$/)
  expect(applyFieldPolicy(once, policy)).toBe(once)
  const other = fieldPolicy({ fields: { 'actor.email': 'hash' }, hashKey: `${hashKey}!` })
  expect(applyFieldPolicy(event, other).actor.email).not.toBe(once.actor.email)
})

test('null is not hashed', () => {
  const policy = fieldPolicy({ fields: { 'actor.gid': 'hash' }, hashKey })
  expect(applyFieldPolicy(event, policy).actor.gid).toBeNull()
})

test('a path goes through arrays', () => {
  const policy = fieldPolicy({ fields: { 'details.members.email': 'drop', 'details.saml_response': 'keep' } })
  expect(applyFieldPolicy(event, policy).details.members).toEqual([{}, {}])
})

test('a field may be called __proto__ or constructor', () => {
  const odd = JSON.parse('{"details":{"__proto__":{"a":1,"b":2},"constructor":"c"}}')
  const policy = fieldPolicy({
    fields: { 'details.__proto__.a': 'drop', 'details.constructor': 'hash' },
    hashKey,
  })
  const changed = applyFieldPolicy(odd, policy)
  expect(toJsonText(changed)).toMatch(
    /^{"details":{"__proto__":{"b":2},"constructor":"hmac-sha256:[0-9a-f]{64}"}}$/,
  )
  expect(toJsonText(odd)).toBe('{"details":{"__proto__":{"a":1,"b":2},"constructor":"c"}}')
})

test('a policy may name unknown fields of details, with a warning', () => {
  const policy = fieldPolicy({ fields: { 'details.members': 'drop', 'details.method': 'drop' } })
  expect(policy.warnings).toEqual([
    'no known event type has "details.members"; the action applies to every event that has it',
  ])
  expect(applyFieldPolicy(event, policy).details).toEqual({})
})

test('any path with a question mark at its end is accepted without a warning', () => {
  const policy = fieldPolicy({ fields: { 'actor.emial?': 'drop', 'details.new_valeu?': 'hash' }, hashKey })
  const odd = { actor: { emial: 'ada@example.com', name: 'Ada' }, details: { new_valeu: 'x' } }
  expect(policy.warnings).toEqual([])
  expect(applyFieldPolicy(odd, policy)).toEqual({
    actor: { name: 'Ada' },
    details: { new_valeu: expect.stringMatching(/^hmac-sha256:/) },
  })
})

test('every known field can be named without a warning', () => {
  const names = [
    'context.on_behalf_of_user_id',
    'resource.resource_subtype',
    'event_category',
    'details.app_url',
  ]
  const paths = [
    ...names,
    'details.group.gid',
    'details.saml_response',
    'details.old_value',
    'context',
    'details',
  ]
  const policy = fieldPolicy({ fields: Object.fromEntries(paths.map((path) => [path, 'drop'])) })
  expect(policy.warnings).toEqual([])
})

test('a policy can be applied to anything that was refused as an event', () => {
  for (const raw of [null, 7, 'text', [event], {}])
    expect(applyFieldPolicy(raw, defaultFieldPolicy)).toEqual(raw)
})

test('any event keeps what the policy does not name, and is never changed', () => {
  const policy = fieldPolicy({
    fields: { 'details.new_value': 'drop', context: 'hash', 'actor.email': 'hash' },
    hashKey,
  })
  holds(arbitraryEvent, (any) => {
    const before = toJsonText(any)
    const { context, details, actor, ...rest } = applyFieldPolicy(any, policy)
    const { context: _context, details: _details, actor: _actor, ...same } = any
    return toJsonText(any) === before && sameJson(rest, same)
  })
})

test('the key is in no printed form of a policy', () => {
  const policy = fieldPolicy({ fields: { 'actor.email': 'hash' }, hashKey })
  expect(toJsonText(policy)).not.toContain(hashKey)
})

describe('a policy that cannot work is refused with every problem', () => {
  test.each<[string, FieldPolicyOptions, RegExp]>([
    ['a hash without a key', { fields: { 'actor.email': 'hash' } }, /hashKey must be set/],
    ['a short key', { fields: { 'actor.email': 'hash' }, hashKey: 'short' }, /hashKey has 5 bytes/],
    ['no gid', { fields: { gid: 'drop' } }, /"gid" is needed in every event/],
    ['a hashed time', { fields: { created_at: 'hash' }, hashKey }, /"created_at" is needed/],
    ['no actor', { fields: { actor: 'drop' } }, /"actor" is needed/],
    ['no event type', { fields: { event_type: 'drop' } }, /"event_type" is needed/],
    ['an empty path', { fields: { '': 'drop' } }, /"" is not a path/],
    ['a path with a hole', { fields: { 'actor..email': 'drop' } }, /"actor..email" is not a path/],
    ['an unknown action', { fields: { 'actor.email': 'mask' as never } }, /"actor.email" is "mask"/],
    [
      'a kept part of a dropped field',
      { fields: { details: 'drop', 'details.method': 'keep' } },
      /"details.method" cannot be kept, because "details" is not kept/,
    ],
    [
      'a typing error',
      { fields: { 'actor.emial': 'drop' } },
      /no event has "actor.emial", the nearest is "actor.email"/,
    ],
    ['one in details', { fields: { 'details.new_valeu': 'drop' } }, /the nearest is "details.new_value"/],
    [
      'one in a part of details',
      { fields: { 'details.group.nmae': 'drop' } },
      /the nearest is "details.group.name"/,
    ],
    ['one in a section', { fields: { 'acter.email': 'drop', contxt: 'drop' } }, /"actor.email".*"context"/],
    ['a name without its section', { fields: { email: 'drop' } }, /known are actor.email, resource.email/],
    ["OpenTelemetry's name", { fields: { 'user.email': 'drop' } }, /known are actor.email, resource.email/],
    ['a field no actor has', { fields: { 'actor.phone': 'drop' } }, /known are actor.actor_type, actor.gid/],
    ['a part of a text', { fields: { 'actor.email.domain': 'drop' } }, /no event has "actor.email.domain"/],
    ['a slip in what is kept', { fields: { 'details.saml_respones': 'keep' } }, /"details.saml_response"/],
    ['an inherited name', { fields: { constructor: 'drop' } as never }, /no event has "constructor"/],
    ['a mark without a path', { fields: { '?': 'drop' } }, /"\?" is not a path/],
    ['two problems', { fields: { gid: 'drop', actor: 'drop' } }, /"gid".*"actor"/],
  ])('%s', (_what, options, message) => {
    const error = code(options)
    expect(error.code).toBe('invalid_field_policy')
    expect(error.message).toMatch(message)
  })

  test('with the place of each problem, by the names as they were written', () => {
    const wrong = { 'actor.emial': 'drop', 'actor.name?': 'keep', gid: 'hash' } as const
    expect(() => fieldPolicy({ fields: wrong, people: 'hash' })).toThrow(
      expect.objectContaining({
        problems: [
          { path: ['fields', 'gid'], message: '"gid" is needed in every event, so it can only be kept' },
          { path: ['fields', 'actor.emial'], message: expect.stringContaining('"actor.email"') },
          { path: ['fields', 'actor.name?'], message: expect.stringContaining('where people are hidden') },
          { path: ['hashKey'], message: expect.stringContaining('16 bytes or more') },
        ],
      }),
    )
    expect(() => fieldPolicy({ people: 'mask' as never })).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ path: ['people'] })] }),
    )
  })

  test('without the key in the message', () => {
    holds(fc.string({ minLength: 5, maxLength: 15, unit: fc.constantFrom('x', 'y', 'z') }), (key) => {
      return !code({ fields: { gid: 'hash' }, hashKey: key }).message.includes(key)
    })
  })
})

test.each([
  [{ 'actor.email': 'hash' }, 'there is no option "actor.email": put it into "fields"'],
  [{ person: 'hash' }, 'there is no option "person": the options are people, fields and hashKey'],
])('an option that does not exist is refused, as it would leave a person in clear: %j', (given, says) => {
  const message = expect.stringContaining(says)
  const code = 'invalid_field_policy'
  expect(() => fieldPolicy(given as object)).toThrow(expect.objectContaining({ code, message }))
})

test('a policy under another option name, or one that fieldPolicy did not create, is refused', () => {
  const make = (options: object) => () => toLogRecord(event, options)
  expect(make({ policy: fieldPolicy() })).toThrow('toLogRecord has no option "policy"')
  expect(make({ fieldPolicy: { people: 'drop' } })).toThrow('must be made by fieldPolicy')
})

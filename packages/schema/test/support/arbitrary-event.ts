import * as fc from 'fast-check'
import type { AuditLogEvent } from '../../src/event/event.ts'
import { eventTypes } from '../../src/event/event-types.ts'

// Events that the schema accepts, with values that have broken mappers, SDKs and decoders.

const text: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({
    unit: fc.constantFrom('a', '\ud800', '\udfff', '😀', '\u0000', '\n', '"', '\\', '\u2028', 'é'),
  }),
  fc.constantFrom(
    '',
    '🙂 \ud83d',
    '\udc00',
    '__proto__',
    '1e300',
    ' ada@example.com ',
    'fe80::1%eth0',
    '192.0.2.7',
  ),
)

const oddKey: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'toJSON', ''),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('a.b', '.', 'gid', 'name', 'details', 'actor', '\ud800', '\udfff!', '0'),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 8 }) },
)

const number: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, -0, 1e300, -1e300, 2 ** 53, -(2 ** 53), 2 ** 63, -(2 ** 63), 2 ** 64, 5e-324, 0.1),
  // JSON.parse reads 1e999 as this.
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true }),
)

/** An object with own members, even for the name `__proto__`, as JSON.parse creates it. */
function objectOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  return fc.array(fc.tuple(oddKey, value), { maxLength: 5 }).map((entries) => Object.fromEntries(entries))
}

const deep: fc.Arbitrary<unknown> = fc
  .record({ depth: fc.constantFrom(20, 65, 250, 5_000), key: oddKey, leaf: fc.oneof(text, number) })
  .map(({ depth, key, leaf }) => {
    let value: unknown = leaf
    for (let level = 0; level < depth; level++)
      value = level % 2 ? [value] : Object.fromEntries([[key, value]])
    return value
  })

const { json }: { json: fc.Arbitrary<unknown> } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'json' },
    fc.oneof(text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 4 }),
    objectOf(tie('json')),
    deep,
  ),
}))

/** Mostly a value that Asana documents, sometimes null, sometimes any value. */
function mostly(documented: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 6, arbitrary: documented },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: json },
  )
}

function section(
  fields: { [name: string]: fc.Arbitrary<unknown> },
  more: fc.Arbitrary<Record<string, unknown>> = objectOf(json),
): fc.Arbitrary<Record<string, unknown>> {
  const known = fc.record(
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, mostly(value)])),
    { requiredKeys: [] },
  )
  const unknown = fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: more })
  // Entries in this order, so that the documented member wins.
  return fc
    .tuple(unknown, known)
    .map(([others, own]) => Object.fromEntries([...Object.entries(others), ...Object.entries(own)]))
}

const id = fc.bigInt({ min: 1n, max: 10n ** 17n }).map(String)

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom('10.0.0.1:443', 'unknown', ' 192.0.2.1 '),
  text,
)

const createdAt: fc.Arbitrary<string> = fc.oneof(
  fc
    .date({ noInvalidDate: true, min: new Date('1900-01-01'), max: new Date('9999-12-31') })
    .map((date) => date.toISOString()),
  fc.constantFrom(
    '1969-12-31T23:59:59.999999999Z',
    '1970-01-01T00:00:00Z',
    '2554-07-21T23:34:33.709551615Z',
    '9999-12-31T23:59:59.999Z',
    '2026-02-28T12:00:00.123456789Z',
    '2026-02-28T12:00:00.123456789123+05:30',
    '2016-12-31T23:59:60Z',
    '0001-01-01t00:00:00z',
  ),
)

const eventType: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...eventTypes.keys()) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('constructor', '__proto__', 'a'.repeat(201), 'Upper', 'with space'),
  },
  { weight: 1, arbitrary: text.filter((name) => name !== '') },
)

const unknownFields: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  objectOf(json),
  fc.constant(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`new_field_${index}`, index]))),
)

/** Any event that the schema accepts. */
export const arbitraryEvent: fc.Arbitrary<AuditLogEvent> = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: unknownFields }),
    fc.record({
      gid: fc.oneof(
        id,
        text.filter((gid) => gid !== ''),
      ),
      created_at: createdAt,
      event_type: eventType,
      actor: section({
        actor_type: fc.constantFrom('user', 'asana', 'asana_support', 'external_administrator', 'new_kind'),
        gid: id,
        name: text,
        email: fc.emailAddress(),
      }),
    }),
    fc.record(
      {
        event_category: mostly(fc.constantFrom('logins', 'roles', 'deletion', 'new_category')),
        resource: mostly(
          section({
            resource_type: text,
            resource_subtype: text,
            gid: id,
            name: text,
            email: fc.emailAddress(),
          }),
        ),
        details: mostly(
          section({
            old_value: fc.constantFrom('member', '14 days', 'required'),
            new_value: fc.constantFrom('super_admin', 'never', 'optional', 'public'),
            group: section({ gid: id, name: text, resource_type: text }),
            method: fc.array(text, { maxLength: 3 }),
            saml_response: text,
          }),
        ),
        context: mostly(
          section({
            context_type: fc.constantFrom('web', 'api', 'new_kind'),
            api_authentication_method: fc.constantFrom('oauth', 'new_method'),
            client_ip_address: address,
            user_agent: text,
            oauth_app_name: text,
            rule_name: text,
            on_behalf_of_user_id: number,
          }),
        ),
      },
      { requiredKeys: [] },
    ),
  )
  .map(
    ([unknown, required, optional]) =>
      Object.fromEntries([
        ...Object.entries(unknown),
        ...Object.entries(required),
        ...Object.entries(optional),
      ]) as unknown as AuditLogEvent,
  )

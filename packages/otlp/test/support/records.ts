import type { AttributeValue, AuditLogRecord } from '@asana-audit/schema'
import fc from 'fast-check'
import type { Origin } from '../../src/encoding.ts'

export const origin: Origin = {
  resource: { 'service.name': 'asana', 'asana.workspace.gid': '12345' },
  scope: {
    name: '@asana-audit/schema',
    version: '1.2.3',
    schemaUrl: 'https://opentelemetry.io/schemas/1.45.0',
  },
}

export function record(gid: string, attributes: AuditLogRecord['attributes'] = {}): AuditLogRecord {
  return {
    eventName: 'asana.audit.user_login_succeeded',
    timestamp: [1_763_780_645, 123_000_000],
    observedTimestamp: [1_763_780_700, 0],
    severityNumber: 9,
    body: `Somebody logged in (${gid})`,
    attributes: { 'log.record.uid': gid, ...attributes },
  }
}

export function records(count: number): AuditLogRecord[] {
  return Array.from({ length: count }, (_, i) => record(String(i)))
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  // Random UTF-16 code units, so also halves of surrogate pairs.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '',
    '\ud83d',
    '\ude00',
    'a\ud83d',
    '🦄',
    '\u0000',
    '\u007f\u0080',
    '\u07ff\u0800',
    '\u2028',
    'é'.repeat(40),
    '"\\\n',
  ),
  fc.string({ minLength: 40, maxLength: 300 }),
  fc.integer({ min: 1, max: 60_000 }).map((length) => 'ü'.repeat(length)),
)

const key = fc.oneof(text, fc.constantFrom('', '__proto__', 'constructor', 'a.b', 'toString'))

const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    0,
    -0,
    -1,
    127,
    128,
    2 ** 31,
    2 ** 53 - 1,
    -(2 ** 53 - 1),
    2 ** 53,
    2 ** 63,
    -(2 ** 63),
    1e300,
    5e-324,
  ),
)

/** Defines own properties, because assigning `__proto__` would set the prototype instead. */
function map(entries: [string, AttributeValue][]): { [key: string]: AttributeValue } {
  return Object.fromEntries(entries) as { [key: string]: AttributeValue }
}

const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map(map),
  ),
}))

const instant = fc.tuple(
  fc.oneof(fc.nat(4_000_000_000), fc.constantFrom(0, 65_535, 65_536, 18_446_744_072)),
  fc.oneof(fc.nat(999_999_999), fc.constantFrom(0, 1, 999_999_999)),
)

export const anyRecord: fc.Arbitrary<AuditLogRecord> = fc.record({
  eventName: text,
  timestamp: instant,
  observedTimestamp: instant,
  severityNumber: fc.constantFrom(9, 10, 13, 14, 16),
  body: text,
  attributes: fc.array(fc.tuple(key, value), { maxLength: 12 }).map(map),
})

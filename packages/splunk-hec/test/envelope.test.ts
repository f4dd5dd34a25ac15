import { ByteWriter } from '@asana-audit/core/sink-kit'
import {
  type AuditLogEvent,
  fieldPolicy as buildFieldPolicy,
  keepAll,
  toLogRecord,
} from '@asana-audit/schema'
import { fromJsonText, parseMillis } from '@asana-audit/schema/lossless'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryEvent } from '../../schema/test/support/arbitrary-event.ts'
import { holds } from '../../schema/test/support/holds.ts'
import { sameJson } from '../../schema/test/support/same-json.ts'
import { epochSeconds } from '../src/events/epoch-seconds.ts'
import { eventWriter } from '../src/events/event-writer.ts'
import { asanaHecEvent, type HecEvent, otelHecEvent } from '../src/index.ts'

const defaults = { source: 'asana:audit_log_api', sourcetype: 'asana:audit', host: '12345', index: 'audit' }
const limit = 10_000_000

const encodeEvent = (event: HecEvent, metadata: object, maxBytes: number): Buffer => {
  const to = new ByteWriter()
  eventWriter(metadata, maxBytes)(to, event)
  return to.buffer.subarray(0, to.length)
}

const text = (event: HecEvent, metadata: object = defaults): string =>
  encodeEvent(event, metadata, limit).toString()

const read = (event: HecEvent): Record<string, unknown> =>
  fromJsonText(text(event)) as Record<string, unknown>

const resource = { 'service.name': 'asana', 'asana.workspace.gid': '12345' }

const formats: [string, (event: AuditLogEvent) => HecEvent][] = [
  ['asana', (event) => asanaHecEvent(event, { fieldPolicy: keepAll })],
  ['otel', (event) => otelHecEvent(toLogRecord(event), { resource })],
  [
    'otel with structured details',
    (event) => otelHecEvent(toLogRecord(event, { details: 'structured' }), { resource }),
  ],
]

describe.each(formats)('any event in the format %s', (_, map) => {
  test('is one line of JSON with only the seven keys of HEC, an event, and flat fields', () => {
    holds(arbitraryEvent, (event) => {
      const line = text(map(event))
      expect(line).not.toMatch(/[\n\r]/)
      const { time, event: content, fields, ...others } = fromJsonText(line) as Record<string, unknown>
      expect(others).toEqual(defaults)
      expect(['number', 'undefined']).toContain(typeof time)
      expect(content === undefined || content === null || content === '').toBe(false)
      for (const value of Object.values(fields as object)) {
        for (const one of Array.isArray(value) ? value : [value]) {
          expect(['string', 'number', 'boolean']).toContain(typeof one)
        }
      }
      return true
    })
  })
})

test('the format asana keeps the whole event and its time to the millisecond, and no name twice', () => {
  holds(arbitraryEvent, (event) => {
    const { time, event: kept, fields } = read(asanaHecEvent(event, { fieldPolicy: keepAll }))
    expect(sameJson(kept, event)).toBe(true)
    expect(time).toBe((parseMillis(event.created_at) ?? Number.NaN) / 1000)
    expect(fields).toMatchObject({ asana_gid: event.gid.toWellFormed() })
    expect(Object.keys(fields as object).filter((name) => Object.hasOwn(event, name))).toEqual([])
    return true
  })
})

test('in the format asana actor, type, time and origin come before every part that may be long', () => {
  holds(arbitraryEvent, (event) => {
    const names = Object.keys(asanaHecEvent({ ...event, details: { long: 'x' } }).event as object)
    const first = ['gid', 'created_at', 'event_type', 'event_category', 'actor', 'context', 'resource']
    const known = first.filter((name) => Object.hasOwn(event, name))
    // In JavaScript, keys that are whole numbers come first in every object.
    expect(names.filter((name) => !/^\d+$/.test(name)).slice(0, known.length)).toEqual(known)
    expect(names.at(-1)).toBe('details')
    return true
  })
})

test('in the format asana the email and IP addresses are indexed fields', () => {
  const event = {
    gid: '1',
    created_at: '2026-01-02T03:04:05.678Z',
    event_type: 'user_login_succeeded',
    actor: { actor_type: 'user', email: 'ada@example.com' },
    context: { client_ip_address: '203.0.113.7', user_agent: 'x'.repeat(20_000) },
  }
  expect(asanaHecEvent(event).fields).toMatchObject({
    asana_actor_email: 'ada@example.com',
    asana_client_ip_address: '203.0.113.7',
  })
  const fieldPolicy = buildFieldPolicy({
    fields: { 'actor.email': 'drop', 'context.client_ip_address': 'drop' },
  })
  const names = Object.keys(asanaHecEvent(event, { fieldPolicy }).fields ?? {})
  expect(names).not.toContain('asana_actor_email')
  expect(names).not.toContain('asana_client_ip_address')
})

test('the format asana drops what the field policy drops', () => {
  const event = {
    gid: '1',
    created_at: '2026-01-02T03:04:05.678Z',
    event_type: 'user_login_succeeded',
    actor: { actor_type: 'user' },
    details: { saml_response: 'personal', other: 1 },
  }
  expect(read(asanaHecEvent(event))).toEqual({
    ...defaults,
    time: 1_767_323_045.678,
    event: { ...event, details: { other: 1 } },
    fields: {
      asana_gid: '1',
      asana_event_type: 'user_login_succeeded',
      asana_actor_type: 'user',
      asana_severity_number: 9,
    },
  })
})

test('a name of an indexed field that the event has itself is not indexed', () => {
  const event = {
    gid: '1',
    created_at: '2026-01-02T03:04:05Z',
    event_type: 'x',
    actor: {},
    asana_gid: 'theirs',
  }
  expect(asanaHecEvent(event).fields).not.toHaveProperty('asana_gid')
})

test('an event whose created_at is not a time is refused, because Splunk would use the time of receipt', () => {
  const event = { gid: '1', created_at: 'yesterday', event_type: 'x', actor: {} }
  expect(() => asanaHecEvent(event)).toThrow(TypeError)
})

describe('time', () => {
  test.each([
    [0, '0.000'],
    [1, '0.001'],
    [1_700_000_000_123, '1700000000.123'],
    [1_700_000_000_000, '1700000000.000'],
    [-1, '-0.001'],
    [-1_500, '-1.500'],
    // The first and the last millisecond of RFC 3339.
    [-62_167_219_200_000, '-62167219200.000'],
    [253_402_300_799_999, '253402300799.999'],
  ])('of %i ms is %s', (ms, seconds) => {
    expect(epochSeconds(ms)).toBe(seconds)
  })

  test('is a JSON number with three decimals, exact to the millisecond', () => {
    const property = fc.property(fc.maxSafeInteger(), (ms) => {
      const seconds = epochSeconds(ms)
      expect(seconds).toMatch(/^-?(0|[1-9]\d*)\.\d{3}$/)
      expect(BigInt(seconds.replace('.', ''))).toBe(BigInt(ms))
    })
    fc.assert(property)
  })

  test('is refused if it is not a whole number of milliseconds', () => {
    for (const timeMs of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => text({ timeMs, event: 'x' })).toThrow(
        expect.objectContaining({ fault: 'rejected', code: 'unencodable' }),
      )
    }
  })

  test('is left out if the event has none', () => {
    expect(text({ event: 'x' }, {})).toBe('{"event":"x"}')
  })
})

describe('metadata', () => {
  test('of the event override those of the sink, and empty ones are left out', () => {
    const event = { event: 'x', host: 'own', index: '', sourcetype: undefined }
    expect(read(event)).toEqual({
      event: 'x',
      host: 'own',
      source: 'asana:audit_log_api',
      sourcetype: 'asana:audit',
    })
  })
})

describe('the check before sending', () => {
  test.each([undefined, null, '', Number.NaN, () => 'x'])('refuses %s as event', (event) => {
    expect(() => text({ event })).toThrow(expect.objectContaining({ fault: 'rejected', code: 'empty_event' }))
  })

  test.each([0, false, {}, [], ' '])('accepts %j as event', (event) => {
    expect(read({ event })).toMatchObject({ event })
  })

  test.each([{ a: { b: 1 } }, { a: [[1]] }, { a: [null] }, { a: null }, { a: Number.NaN }])(
    'refuses %j as fields',
    (fields) => {
      const event = { event: 'x', fields } as unknown as HecEvent
      expect(() => text(event)).toThrow(expect.objectContaining({ fault: 'rejected', code: 'nested_field' }))
    },
  )

  test('refuses an event over the size limit, and accepts one at the limit', () => {
    const event = { event: 'é'.repeat(100) }
    const size = encodeEvent(event, {}, limit).length
    expect(size).toBe(212)
    expect(encodeEvent(event, {}, size)).toHaveLength(size)
    expect(() => encodeEvent(event, {}, size - 1)).toThrow(
      expect.objectContaining({ fault: 'rejected', code: 'event_too_large' }),
    )
  })
})

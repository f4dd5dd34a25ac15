import { toLogRecord } from '@asana-audit/schema'
import { describe, expect, test } from 'vitest'
import { asanaHecEvent, otelHecEvent } from '../src/index.ts'

const body = 'Ada logged in'
const login = {
  gid: '1',
  created_at: '2026-02-01T00:00:00.000Z',
  event_type: 'user_login_succeeded',
  event_category: 'logins',
  actor: { actor_type: 'user', gid: '7', email: 'ada@example.com', name: 'Ada' },
  resource: { resource_type: 'user', gid: '7', email: 'ada@example.com', name: 'Ada' },
  details: {},
  context: { context_type: 'web', client_ip_address: '192.0.2.1', user_agent: 'Firefox' },
}

describe('like the splunk_hec exporter of the Collector', () => {
  test('severity, trace, name, resource and attributes become fields', () => {
    const record = {
      timestamp: [1_700_000_000, 123_456_789] as const,
      observedTimestamp: [1_700_000_009, 0] as const,
      severityNumber: 9,
      severityText: 'INFO',
      eventName: 'asana.audit.user_login_succeeded',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      body,
      attributes: { 'user.id': '7', count: 2, admin: false },
    }
    expect(otelHecEvent(record, { resource: { 'service.name': 'asana', 'user.id': 'resource' } })).toEqual({
      timeMs: 1_700_000_000_123,
      event: body,
      fields: {
        'otel.log.severity.text': 'INFO',
        'otel.log.severity.number': 9,
        'otel.log.name': 'asana.audit.user_login_succeeded',
        trace_id: '0af7651916cd43dd8448eb211c80319c',
        span_id: 'b7ad6b7169203331',
        'service.name': 'asana',
        'user.id': '7',
        count: 2,
        admin: false,
      },
    })
  })

  test('unset severity and trace are left out', () => {
    const record = {
      severityNumber: 0,
      severityText: '',
      traceId: '0'.repeat(32),
      spanId: '0'.repeat(16),
      body,
    }
    expect(otelHecEvent(record).fields).toEqual({})
  })

  test('the four attributes for metadata are not fields; the record overrides the resource, and a token is dropped', () => {
    const resource = {
      'host.name': 'resource-host',
      'com.splunk.source': 'source',
      'com.splunk.sourcetype': 'type',
      'com.splunk.hec.access_token': 'secret',
    }
    const attributes = {
      'host.name': 'host',
      'com.splunk.index': 'audit',
      'com.splunk.hec.access_token': 'x',
    }
    expect(otelHecEvent({ body, attributes }, { resource })).toEqual({
      timeMs: undefined,
      host: 'host',
      source: 'source',
      sourcetype: 'type',
      index: 'audit',
      event: body,
      fields: {},
    })
  })

  test('maps become dotted names, lists of plain values stay lists, other lists become JSON text', () => {
    const attributes = {
      map: { a: 1, b: { c: 'x', d: ['y', 2, true] } },
      list: ['a', 'b'],
      nested: [{ a: 1 }, 'x'],
      lists: [[1], [2]],
    }
    expect(otelHecEvent({ body, attributes }).fields).toEqual({
      'map.a': 1,
      'map.b.c': 'x',
      'map.b.d': ['y', 2, true],
      list: ['a', 'b'],
      nested: '[{"a":1},"x"]',
      lists: '[[1],[2]]',
    })
  })

  test('the time is rounded to milliseconds, and is the observed time if the record has none', () => {
    const times = (timestamp: [number, number], observedTimestamp: [number, number]): number | undefined =>
      otelHecEvent({ body, timestamp, observedTimestamp }).timeMs
    expect(times([0, 0], [5, 1_000_000])).toBe(5_001)
    expect(times([0, 0], [0, 0])).toBeUndefined()
    expect(times([5, 999_500_000], [0, 0])).toBe(6_000)
    expect(times([5, 499_999], [0, 0])).toBe(5_000)
  })

  test('an event whose time OTLP cannot carry has the observed time, as after a Collector, and its own time as a field', () => {
    for (const created_at of ['1969-12-31T23:59:59.000Z', '9999-01-01T00:00:00.000Z']) {
      const event = { ...login, created_at }
      const { timeMs, fields } = otelHecEvent(toLogRecord(event, { observedTimestamp: [1_700_000_000, 0] }))
      expect(timeMs).toBe(1_700_000_000_000)
      expect(fields).toMatchObject({ 'asana.audit.created_at': created_at })
      expect(asanaHecEvent(event).timeMs).toBe(Date.parse(created_at))
    }
  })

  test('a body of text, number, boolean, map or list is unchanged, and bytes are base64', () => {
    const event = (value: unknown): unknown => otelHecEvent({ body: value }).event
    expect(event(0)).toBe(0)
    expect(event(false)).toBe(false)
    expect(event({ a: [1, { b: new Uint8Array([1, 2]) }] })).toEqual({ a: [1, { b: 'AQI=' }] })
    expect(event(['x', null])).toEqual(['x', null])
  })
})

describe('unlike that exporter', () => {
  test('a record without a body has its event name as body, and is empty without both', () => {
    for (const none of [undefined, null, '']) {
      expect(otelHecEvent({ body: none, eventName: 'device.app.lifecycle' }).event).toBe(
        'device.app.lifecycle',
      )
      expect(otelHecEvent({ body: none }).event).toBeUndefined()
    }
  })

  test('an attribute without a value in Splunk is left out, and a list that holds null becomes JSON text', () => {
    const attributes = { gone: null, missing: undefined, empty: [], map: {}, some: ['a', null] }
    expect(otelHecEvent({ body, attributes }).fields).toEqual({ some: '["a",null]' })
  })

  test('a value that JSON does not have becomes text', () => {
    const attributes = { nan: Number.NaN, big: 2n ** 64n, list: [Number.POSITIVE_INFINITY, 1] }
    expect(otelHecEvent({ body, attributes }).fields).toEqual({
      nan: 'NaN',
      big: '18446744073709551616',
      list: ['Infinity', 1],
    })
  })

  test('names that JavaScript treats as its own are kept, and any depth works', () => {
    let deep: unknown = 'bottom'
    for (let level = 0; level < 100_000; level++) deep = [deep]
    const attributes = JSON.parse('{"__proto__":"a","map":{"__proto__":1,"constructor":2}}') as object
    const { fields } = otelHecEvent({ body: deep, attributes: { ...attributes, deep } })
    expect(fields).toMatchObject({ 'map.__proto__': 1, 'map.constructor': 2, deep: expect.any(String) })
  })

  test('a host that is not a text stays a field', () => {
    expect(otelHecEvent({ body, attributes: { 'host.name': 7 } })).toMatchObject({
      fields: { 'host.name': 7 },
    })
  })
})

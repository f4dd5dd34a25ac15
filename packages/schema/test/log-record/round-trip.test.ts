import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AuditLogEvent,
  applyFieldPolicy,
  defaultFieldPolicy,
  fromLogRecord,
  keepAll,
  parseAuditLogEvent,
  toLogRecord,
} from '../../src/index.ts'
import { toJsonText } from '../../src/lossless.ts'
import { arbitraryEvent } from '../support/arbitrary-event.ts'
import { holds } from '../support/holds.ts'
import { sameJson } from '../support/same-json.ts'

const forms = ['json', 'structured'] as const

const eventAndForm = fc.tuple(arbitraryEvent, fc.constantFrom(...forms))

test('the schema accepts every generated event and returns the same object', () => {
  holds(arbitraryEvent, (event) => {
    const parsed = parseAuditLogEvent(event)
    return 'event' in parsed && parsed.event === event
  })
})

test.each(forms)('an event is restored whole from its record, with details as %s', (details) => {
  holds(
    arbitraryEvent,
    (event) => sameJson(fromLogRecord(toLogRecord(event, { fieldPolicy: keepAll, details })), event),
    500,
  )
})

test('with the default field policy the restored event is the event after the policy', () => {
  holds(arbitraryEvent, (event) =>
    sameJson(fromLogRecord(toLogRecord(event)), applyFieldPolicy(event, defaultFieldPolicy)),
  )
})

test('the mapper never changes its event', () => {
  holds(eventAndForm, ([event, details]) => {
    const before = toJsonText(event)
    toLogRecord(event, { details })
    return toJsonText(event) === before
  })
})

test('no record has more than 100 attributes', () => {
  holds(eventAndForm, ([event, details]) => {
    const { attributes } = toLogRecord(event, { fieldPolicy: keepAll, details })
    return Object.keys(attributes).length <= 100
  })
})

test('the mapper does not throw for values that JSON does not have', () => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  const event: AuditLogEvent = {
    gid: '1',
    created_at: '2026-01-02T03:04:05Z',
    event_type: 'user_logged_out',
    actor: { gid: undefined as never, since: new Date(0), circular },
    details: { big: 2n ** 70n, not: Number.NaN, circular, none: undefined },
  }
  for (const details of forms) {
    expect(() => toLogRecord(event, { fieldPolicy: keepAll, details })).not.toThrow()
  }
})

test('a record of another program is refused with a code', () => {
  for (const attributes of [
    undefined,
    {},
    { 'asana.audit.gid': '1' },
    { 'asana.audit.unmapped': '{"gid":' },
  ]) {
    expect(() => fromLogRecord({ attributes })).toThrow(
      expect.objectContaining({ code: 'not_an_audit_record' }),
    )
  }
})

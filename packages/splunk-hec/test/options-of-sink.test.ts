import { fieldPolicy, parseAuditLogEvent } from '@asana-audit/schema'
import { expect, test } from 'vitest'
import { asanaHecEvent, hecHealth, hecSink, otelHecEvent, SplunkHecLogExporter } from '../src/index.ts'

// Plain JavaScript may call it like this.
const good = { url: 'https://splunk.example.com:8088', token: 'abc' }
const unknown: [object, string][] = [
  [{ certificates: {} }, 'hecSink has no option "certificates"'],
  [{ tokens: 'abc' }, 'hecSink has no option "tokens". The nearest is token'],
  [{ ack: { timeout: 5 } }, 'ack has no option "timeout"'],
]

test.each(unknown)('an option that does not exist is refused: %j', async (given, says) => {
  const message = expect.stringContaining(says)
  const code = 'unknown_option'
  expect(() => hecSink({ ...good, ...given })).toThrow(expect.objectContaining({ code, message }))
})

test('hecHealth and the exporter refuse an unknown option too', async () => {
  const given = { ...good, certificates: {} }
  await expect(hecHealth(given)).rejects.toThrow('hecHealth has no option "certificates"')
  expect(() => new SplunkHecLogExporter(given)).toThrow('has no option "certificates"')
})

test('the exporter accepts its own options', () => {
  expect(() => new SplunkHecLogExporter({ ...good, deadlineMs: 5, onFact: () => undefined })).not.toThrow()
})

test.each([
  [{ token: undefined }, 'The token of Splunk HEC is missing'],
  [{ token: { path: '/run/secrets/hec' } }, 'The token of Splunk HEC is missing'],
  [{ compression: 'br' }, 'compression of hecSink must be gzip or none'],
])('what cannot be meant is told when the sink is made: %j', (given, says) => {
  expect(() => hecSink({ ...good, ...given } as never)).toThrow(TypeError)
  expect(() => hecSink({ ...good, ...given } as never)).toThrow(says)
})

test('a mistyped field in a policy is refused when an event is mapped, so that no field stays readable by mistake', () => {
  const event = parseAuditLogEvent({
    gid: '1',
    created_at: '2026-01-02T03:04:05.678Z',
    event_type: 'user_login_succeeded',
    event_category: 'logins',
    actor: { actor_type: 'user', gid: '2', email: 'ada@example.com' },
  })
  if (!('event' in event)) throw new Error(event.reason)
  const hidden = { fieldPolcy: fieldPolicy({ fields: { 'actor.email': 'drop' } }) }
  const code = 'unknown_option'
  expect(() => asanaHecEvent(event.event, hidden as never)).toThrow(
    expect.objectContaining({
      code,
      message: 'asanaHecEvent has no option "fieldPolcy". The nearest is fieldPolicy.',
    }),
  )
  expect(() => otelHecEvent({}, { resources: {} } as never)).toThrow(
    expect.objectContaining({
      code,
      message: 'otelHecEvent has no option "resources". The nearest is resource.',
    }),
  )
})

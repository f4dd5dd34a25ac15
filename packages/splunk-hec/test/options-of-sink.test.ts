import { expect, test } from 'vitest'
import { hecHealth, hecSink, SplunkHecLogExporter } from '../src/index.ts'

// As plain JavaScript may call it.
const good = { endpoint: 'https://splunk.example.com:8088', token: 'abc' }
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

test('the check and the exporter refuse it too', async () => {
  const given = { ...good, certificates: {} }
  await expect(hecHealth(given)).rejects.toThrow('hecHealth has no option "certificates"')
  expect(() => new SplunkHecLogExporter(given)).toThrow('has no option "certificates"')
})

test('the exporter keeps its own options', () => {
  expect(() => new SplunkHecLogExporter({ ...good, deadlineMs: 5, onEvent: () => undefined })).not.toThrow()
})

test.each([
  [{ token: undefined }, 'The token of Splunk HEC is missing'],
  [{ token: { path: '/run/secrets/hec' } }, 'The token of Splunk HEC is missing'],
  [{ compression: 'br' }, 'compression of hecSink must be gzip or none'],
])('what cannot be meant is told when the sink is made: %j', (given, says) => {
  expect(() => hecSink({ ...good, ...given } as never)).toThrow(TypeError)
  expect(() => hecSink({ ...good, ...given } as never)).toThrow(says)
})

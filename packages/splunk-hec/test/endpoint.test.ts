import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hecSink } from '../src/index.ts'
import { readEndpoint } from '../src/settings/endpoint.ts'

const whole = 'https://splunk.example.com:8088/services/collector/event'

test.each([
  ['https://splunk.example.com:8088', whole],
  ['https://splunk.example.com:8088/', whole],
  [' HTTPS://Splunk.Example.com:8088 ', whole],
  ['https://splunk.example.com:8088/services/collector', whole],
  ['https://splunk.example.com:8088/services/collector/', whole],
  ['https://splunk.example.com:8088/services/collector/event', whole],
  ['https://splunk.example.com:8088/services/collector/event/', whole],
  ['https://splunk.example.com:8088/services/collector/event/1.0', whole],
  [
    'https://gw.example.com/splunk/services/collector',
    'https://gw.example.com/splunk/services/collector/event',
  ],
  [
    'https://http-inputs-acme.splunkcloud.com:443',
    'https://http-inputs-acme.splunkcloud.com/services/collector/event',
  ],
  ['http://localhost:8088', 'http://localhost:8088/services/collector/event'],
  ['http://127.1:8088', 'http://127.0.0.1:8088/services/collector/event'],
  ['http://[::1]:8088', 'http://[::1]:8088/services/collector/event'],
])('%s leads to %s', (given, url) => {
  expect(String(readEndpoint(given, false))).toBe(url)
})

test.each([
  ['splunk.example.com:8088', /begins with https/],
  ['', /begins with https/],
  ['ftp://splunk.example.com', /begins with https/],
  ['https://user:pa55word@splunk.example.com', /user name or password/],
  ['https://splunk.example.com?token=pa55word', /query/],
  ['https://splunk.example.com/services/collector/event?', /query/],
  ['https://splunk.example.com#pa55word', /fragment/],
  ['http://splunk.example.com:8088', /unencrypted/],
  ['http://10.0.0.1:8088', /unencrypted/],
  ['http://localhost.example.com:8088', /unencrypted/],
  ['https://splunk.example.com/pa55word', /end in \/services\/collector\/event/],
  ['https://splunk.example.com/services', /end in \/services\/collector\/event/],
  ['https://splunk.example.com/services/collector/raw', /another endpoint/],
  ['https://splunk.example.com/services/collector/raw/1.0', /another endpoint/],
  ['https://splunk.example.com/services/collector/ack', /another endpoint/],
  ['https://splunk.example.com/services/collector/health', /another endpoint/],
  ['https://splunk.example.com/services/collector/event/2.0', /another endpoint/],
])('%j is refused with a reason, and not quoted', (given, reason) => {
  const make = (): unknown => hecSink({ url: given, token: 't' })
  expect(make).toThrow(TypeError)
  expect(make).toThrow(reason)
  expect(make).not.toThrow(/pa55word/)
})

test('plain http to another machine is allowed on request', () => {
  expect(String(readEndpoint('http://splunk.example.com:8088', true))).toBe(
    'http://splunk.example.com:8088/services/collector/event',
  )
})

describe('for any text', () => {
  const parts = fc.array(
    fc.constantFrom(
      ...['https://', 'http://', 'localhost', 'splunk.example.com', '127.0.0.1', '[::1]', ':8088', '/', '//'],
      ...[
        'services',
        'collector',
        'event',
        'raw',
        'health',
        '1.0',
        '.',
        '..',
        '?',
        '#',
        '@',
        'u:p',
        '\\',
        ' ',
      ],
    ),
    { maxLength: 12 },
  )
  const given = fc.oneof(
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string(),
    parts.map((some) => some.join('')),
    parts.map((some) => `https://splunk.example.com/services/collector/${some.join('')}`),
  )

  test('an accepted address ends with the path for events and is accepted again unchanged', () => {
    const property = fc.property(given, fc.boolean(), (text, allow) => {
      const url = readEndpoint(text, allow)
      if (typeof url === 'string') return
      // A path may hold an @. A user name or a password would be before the host.
      expect(url.href).toMatch(/^https?:\/\/[^@/?#]+\/([^?#]*\/)?services\/collector\/event$/)
      expect(String(readEndpoint(url.href, allow))).toBe(url.href)
    })
    fc.assert(property, {
      numRuns: 2000,
      examples: [['https://splunk.example.com/services/collector/@https://services/collector', false]],
    })
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { userAgentOf } from '../src/user-agent-of.ts'

test.each([
  [
    'Chrome on a Mac',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/108.0.0.0 Safari/537.36',
    { name: 'Chrome', version: '108.0.0.0', osName: 'macOS', osVersion: '10.15.7' },
  ],
  [
    'Edge on Windows, which is not Chrome',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
    { name: 'Microsoft Edge', version: '141.0.0.0', osName: 'Windows', osVersion: '10' },
  ],
  [
    'Firefox on Linux, which tells no version of it',
    'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    { name: 'Firefox', version: '128.0', osName: 'Linux' },
  ],
  [
    'Safari on an iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
    { name: 'Safari', version: '18.6', osName: 'iOS', osVersion: '18.6' },
  ],
  [
    "Asana's desktop app, as samples have it",
    'AsanaDesktopOfficial darwin_arm64/1.12.0 Chrome/108.0.5359.62',
    { name: 'AsanaDesktopOfficial', version: '1.12.0', osName: 'macOS' },
  ],
  [
    'the same behind what a browser writes',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) AsanaDesktopOfficial/2.1.3 Chrome/126.0.6478.185 Electron/31.3.1 Safari/537.36',
    { name: 'AsanaDesktopOfficial', version: '2.1.3', osName: 'Windows', osVersion: '10' },
  ],
  [
    "Asana's app in the web view of Android",
    'Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 AsanaAndroidApp/8.2',
    { name: 'AsanaAndroidApp', version: '8.2', osName: 'Android', osVersion: '14' },
  ],
  [
    'an app of iOS, which names its system in a comment',
    'Asana/8.60.0 (com.asana.Asana; build:8600; iOS 17.4.1) Alamofire/5.4.3',
    { name: 'Asana', version: '8.60.0', osName: 'iOS', osVersion: '17.4.1' },
  ],
  ['curl', 'curl/8.17.0', { name: 'curl', version: '8.17.0' }],
  ['a library', 'python-requests/2.32.5', { name: 'python-requests', version: '2.32.5' }],
  [
    'the first of several products',
    'ruby-asana/2.0.3 Faraday v2.7.10',
    { name: 'ruby-asana', version: '2.0.3' },
  ],
  ['a generated client', 'Swagger-Codegen/5.0.7/python', { name: 'Swagger-Codegen', version: '5.0.7' }],
  ['an app with its address', 'lantern/1.8 (+https://app2.example.net)', { name: 'lantern', version: '1.8' }],
  ['a name alone', 'node', { name: 'node' }],
  [
    'a bot, by its own name',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    { name: 'Googlebot', version: '2.1' },
  ],
])('it knows %s', (_, text, expected) => {
  expect(userAgentOf(text)).toEqual({
    version: undefined,
    osName: undefined,
    osVersion: undefined,
    ...expected,
  })
})

test.each([
  '',
  '-',
  ' ',
  'Mozilla/5.0',
  '5.0',
  '\u{1f600}',
  'hmac-sha256:ab',
  null,
  undefined,
  7,
  { name: 'curl' },
])('%j says nothing', (text) => {
  expect(userAgentOf(text)).toBeUndefined()
})

test('any text gives short texts that every format can hold, or nothing', () => {
  const start = fc.constantFrom('', 'Mozilla/5.0 (', 'Opera/9 ', 'Asana', 'curl/')
  const agent = fc.tuple(start, fc.string({ unit: 'binary', maxLength: 300 })).map((parts) => parts.join(''))
  fc.assert(
    fc.property(agent, (text) => {
      for (const value of Object.values(userAgentOf(text) ?? {})) {
        if (value === undefined) continue
        expect(value).not.toBe('')
        expect(value.isWellFormed()).toBe(true)
        expect(value.length).toBeLessThanOrEqual(1_000)
      }
    }),
  )
})

test('what is past a thousand characters is not read', () => {
  expect(userAgentOf(`${'x'.repeat(2_000)}/1`)?.name).toHaveLength(1_000)
})

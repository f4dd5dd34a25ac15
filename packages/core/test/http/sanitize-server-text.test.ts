import { sanitizeServerText } from '@asana-audit/core/sink-kit'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test('what somebody else wrote becomes one printable line of 200 characters at most, without the secrets', () => {
  const property = fc.property(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.string({ minLength: 6 }),
    (text, secret) => {
      const line = sanitizeServerText(`${text}${secret}${text}`, [secret, ''])
      expect(line).not.toMatch(/\p{C}/u)
      expect(line.length).toBeLessThanOrEqual(200)
      expect(line.isWellFormed()).toBe(true)
      if (/^[a-z]+$/.test(secret)) expect(line).not.toContain(secret)
    },
  )
  fc.assert(property)
})

test.each([
  ['  no such\u0007\r\ntenant\n', 'no such tenant'],
  ['token S3cret!', 'token [redacted]!'],
  ['<!doctype html><title>Log in</title>', ''],
  ['<html><body>nginx</body></html>', ''],
  ['a < b', 'a < b'],
])('%j is shown as %j', (text, shown) => {
  expect(sanitizeServerText(text, ['S3cret', ''])).toBe(shown)
})

test.each([
  ['JSON', (secret: string) => JSON.stringify({ got: secret })],
  ['JSON in ASCII, as Python writes it', () => '{"got":"p\\"a\\\\s/\\u00fc&<w>"}'],
  ['JSON as PHP writes it', () => '{"got":"p\\"a\\\\s\\/\\u00fc&<w>"}'],
  ['HTML', () => 'got p&quot;a\\s/ü&amp;&lt;w&gt;'],
  ['a URL', (secret: string) => `got ?key=${encodeURIComponent(secret)}`],
])('a secret with signs that have another spelling is hidden in %s', (_, echo) => {
  const secret = 'p"a\\s/ü&<w>'
  const said = sanitizeServerText(echo(secret), [secret])
  expect(said).toContain('[redacted]')
  expect(said).not.toMatch(/p.{0,7}a/)
})

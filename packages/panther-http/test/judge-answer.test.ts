import { describe, expect, test } from 'vitest'
import { judgeAnswer } from '../src/judge-answer.ts'

const url = new URL('https://logs.acme.runpanther.net/http/b2a5f1e0')
const now = Date.parse('2026-11-29T12:00:00Z')

interface Given {
  readonly body?: string
  readonly headers?: Record<string, string>
}

function judge(status: number, { body = '', headers = {} }: Given = {}): ReturnType<typeof judgeAnswer> {
  return judgeAnswer({ status, headers, body: Buffer.from(body) }, { url, secrets: ['S3cret'], now })
}

describe.each([
  [[200, 201, 202, 203, 204, 206, 299], undefined],
  [[300, 301, 302, 303, 304, 307, 308], { fault: 'fatal', code: 'redirected' }],
  [[400, 422], { fault: 'rejected', code: 'bad_data', at: 'none-taken' }],
  [[401], { fault: 'fatal', code: 'unauthorized' }],
  [[403], { fault: 'fatal', code: 'forbidden' }],
  [[404, 410], { fault: 'fatal', code: 'not_found' }],
  [[405], { fault: 'fatal', code: 'method_not_allowed' }],
  [[408], { fault: 'temporary', code: 'request_timeout' }],
  [[413], { fault: 'rejected', code: 'too_large', at: 'none-taken' }],
  [[415], { fault: 'fatal', code: 'unsupported_media_type' }],
  [[425, 502, 503, 504], { fault: 'temporary', code: 'unavailable' }],
  [[429], { fault: 'temporary', code: 'rate_limited' }],
  [[500, 501, 505, 520, 599, 600, 999], { fault: 'temporary', code: 'server_error' }],
  [[402, 406, 409, 418, 431, 451, 499], { fault: 'fatal', code: 'unexpected_status' }],
])('the answers %j', (statuses, expected) => {
  test.each(statuses)('%d', (status) => {
    const found = judge(status)
    if (expected === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(expected)
  })
})

test('every status has a meaning with a sentence that says what to do', () => {
  for (let status = 200; status <= 599; status++) {
    const found = judge(status)
    if (status <= 299) expect(found).toBeUndefined()
    else expect(found?.message, String(status)).toMatch(/answered \d+\. [A-Z].+\./)
  }
})

const pages: [string, Given][] = [
  ['by its type', { body: 'Log in', headers: { 'content-type': 'text/html; charset=utf-8' } }],
  ['by its type, in capitals', { body: '', headers: { 'content-type': 'TEXT/HTML' } }],
  ['as XHTML', { body: '<html/>', headers: { 'content-type': 'application/xhtml+xml' } }],
  ['by its first letters', { body: '\uFEFF\n <!DOCTYPE html><title>Log in</title>' }],
  ['without a doctype', { body: '<html lang="en">Log in</html>' }],
]

test.each(pages)('a 2xx with a web page accepts nothing: %s', (_, given) => {
  const found = judge(200, given)
  expect(found).toMatchObject({ fault: 'temporary', code: 'not_a_receiver' })
  expect(found?.message).toContain('answered 200 with a web page. That is not an HTTP source of Panther')
  expect(found?.message).not.toContain('Log in')
})

test.each<[string, Given]>([
  ['nothing', {}],
  ['JSON', { body: '{"ok":true}', headers: { 'content-type': 'application/json' } }],
  ['JSON that mentions a page', { body: '{"a":"<html>"}' }],
  ['a word', { body: 'OK', headers: { 'content-type': 'text/plain' } }],
  ['XML', { body: '<ok/>', headers: { 'content-type': 'application/xml' } }],
])('any other 2xx accepts, since Panther names no body: %s', (_, given) => {
  expect(judge(200, given)).toBeUndefined()
})

test('a web page with another status has the meaning of its status, and a proxy is named', () => {
  for (const status of [400, 401, 403, 404, 413, 429, 502]) {
    const found = judge(status, { body: '<html>nginx</html>' })
    expect(found?.code).toBe(judge(status)?.code)
    expect(found?.message).toContain('A proxy or another server on the way may have answered in its place.')
    expect(found?.message).not.toContain('nginx')
  }
})

test.each([
  ['7', 7_000],
  ['Sun, 29 Nov 2026 12:01:00 GMT', 60_000],
])('Retry-After %s is kept for a temporary answer, and for no other', (value, retryAfterMs) => {
  const headers = { 'retry-after': value }
  for (const status of [408, 429, 500, 503])
    expect(judge(status, { headers })).toMatchObject({ retryAfterMs })
  for (const status of [400, 401]) expect(judge(status, { headers })).not.toHaveProperty('retryAfterMs')
})

test('the words of the answer are shown without the secret', () => {
  const found = judge(403, { body: '{"message":"S3cret is not allowed"}' })
  expect(found?.message).toContain('It says: "{"message":"[redacted] is not allowed"}".')
})

test('the message of a redirect says where it leads, without what may be a secret', () => {
  const headers = { location: 'https://sso.example.com/login?token=S3cret' }
  const message = judge(302, { headers })?.message
  expect(message).toContain('It leads to https://sso.example.com/login.')
  expect(message).not.toContain('S3cret')
})

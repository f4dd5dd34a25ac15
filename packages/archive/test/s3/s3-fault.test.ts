import { expect, test } from 'vitest'
import { s3Fault } from '../../src/s3/s3-fault.ts'

const asked = new URL('https://evidence.s3.example/audit/2026.jsonl.gz')

function faultFor(headers: Record<string, string>, body = ''): ReturnType<typeof s3Fault> {
  return s3Fault(
    { status: 302, headers, body: Buffer.from(body) },
    asked,
    's3://evidence/audit',
    ['S3cret'],
    0,
  )
}

test('a redirect of a login page does not blame the region, and the message says where it leads', () => {
  const found = faultFor({ location: 'https://sso.example.com/login?token=S3cret' }, '<html>Log in</html>')
  expect(found).toMatchObject({ fault: 'fatal', code: 'redirected' })
  expect(found.message).toMatch(/login page.*It leads to https:\/\/sso\.example\.com\/login\./)
  expect(found.message).not.toMatch(/S3cret|region/)
})

test.each([
  ['in a header', { 'x-amz-bucket-region': 'eu-west-1' }, '', 'The bucket is in eu-west-1'],
  ['in the body', {}, '<Error><Code>PermanentRedirect</Code></Error>', 'set the region'],
])('a redirect that names the region %s says to set it', (_, headers, body, said) => {
  const found = faultFor(headers, body)
  expect(found).toMatchObject({ fault: 'fatal', code: 'wrong_region' })
  expect(found.message).toContain(said)
})

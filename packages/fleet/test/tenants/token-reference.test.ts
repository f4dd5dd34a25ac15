import { expect, test } from 'vitest'
import { tokenReference } from '../../src/tenants/token-reference.ts'

test.each([
  ['file:/run/secrets/acme', { kind: 'file', path: '/run/secrets/acme' }],
  [
    'file:/run/secrets/0b9f3c1e-7f3a-4d55-9a2b-1c2d3e4f5a6b/token',
    { kind: 'file', path: '/run/secrets/0b9f3c1e-7f3a-4d55-9a2b-1c2d3e4f5a6b/token' },
  ],
  ['env:ACME_TOKEN', { kind: 'env', variable: 'ACME_TOKEN' }],
  [
    'exec:vault kv get -field=token secret/acme',
    { kind: 'exec', command: ['vault', 'kv', 'get', '-field=token', 'secret/acme'] },
  ],
  [
    'exec:["op", "read", "op://audit/my token"]',
    { kind: 'exec', command: ['op', 'read', 'op://audit/my token'] },
  ],
])('%s says where the token is', (written, reference) => {
  expect(tokenReference(written)).toEqual(reference)
})

test.each([
  ['/run/secrets/acme', 'does not say where'],
  ['2/1234567890/1234567890:abcdef', 'does not say where'],
  ['file:secrets/acme', 'not a whole path'],
  ['env:ACME-TOKEN', 'not the name of an environment variable'],
  ['exec:vault kv get $SECRET', 'run without a shell'],
  ['exec:curl -H 2/1234567890123456:abc', 'looks like a secret'],
])('%s is refused with what to write instead', (written, message) => {
  expect(tokenReference(written)).toEqual({ wrong: expect.stringContaining(message) })
})

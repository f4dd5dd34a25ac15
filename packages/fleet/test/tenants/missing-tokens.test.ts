import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { missingToken, missingTokens } from '../../src/tenants/missing-tokens.ts'

const folder = mkdtempSync(join(tmpdir(), 'asana-audit-missing-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

test('nothing is missing of a token that can be read here, and no program is run to find out', () => {
  const place = { env: { ACME: 'a-token' }, programs: ['vault'] }
  expect(missingToken(`file:${file('full', 'a-token\n')}`, place)).toBeUndefined()
  expect(missingToken('env:ACME', place)).toBeUndefined()
  const touched = join(folder, 'touched')
  const command = JSON.stringify(['touch', touched])
  expect(missingToken(`exec:${command}`, { env: {} })).toBeUndefined()
  expect(missingToken('exec:vault kv get secret/acme', place)).toBeUndefined()
  expect(missingToken(`file:${touched}`, place)).toContain('ENOENT')
})

test.each([
  ['env:NOT_SET', 'The environment variable NOT_SET is not set here.'],
  ['env:BLANK', 'The environment variable BLANK is not set here.'],
  ['file:/nowhere/acme', 'The file of the token (/nowhere/acme) cannot be read here (ENOENT).'],
  ['exec:op read op://audit/acme', 'token_programs: [op]'],
])('what is missing of %s is said in a sentence', (reference, said) => {
  expect(missingToken(reference, { env: { BLANK: ' ' }, programs: ['vault'] })).toContain(said)
})

test('a file without a token, and a folder, are no tokens', () => {
  expect(missingToken(`file:${file('empty', '\n')}`, { env: {} })).toContain('is empty here')
  mkdirSync(join(folder, 'inner'))
  expect(missingToken(`file:${join(folder, 'inner')}`, { env: {} })).toContain('(a folder)')
})

test('a wrong reference is not reported as a token that this machine lacks', () => {
  expect(missingToken('nowhere', { env: {} })).toBeUndefined()
})

test('a CSV is told line by line, and a path that may be a token is not repeated', () => {
  const token = '2/1234567890123456/1234567890123456:0123456789abcdef0123456789abcdef'
  const csv = `name,workspace,token_ref,destination
acme,1,env:ACME,siem
beta,2,env:BETA,siem
gamma,3,nowhere,siem
delta,4,file:/${token},siem
`
  const missing = missingTokens(csv, { env: { ACME: 'a-token' } })
  expect(missing).toEqual([
    { line: 3, field: 'token_ref', message: 'The environment variable BETA is not set here.' },
    { line: 5, field: 'token_ref', message: 'The file of the token cannot be read here (ENOENT).' },
  ])
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { currentSecret } from '@asana-audit/core/sink-kit'
import { afterAll, expect, test } from 'vitest'
import { tokenReaders } from '../../src/tenants/token-readers.ts'

const folder = mkdtempSync(join(tmpdir(), 'asana-audit-tokens-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const programs = [process.execPath]

async function read(reference: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  return currentSecret(tokenReaders({ env, programs })(reference))
}

test('a token comes from a file, a variable or a command', async () => {
  const path = join(folder, 'token')
  writeFileSync(path, 'from-file\n')
  expect(await read(`file:${path}`)).toBe('from-file')
  expect(await read('env:ACME', { ACME: ' from-env ' })).toBe('from-env')
  const command = JSON.stringify([process.execPath, '-p', '"from-command"'])
  expect(await read(`exec:${command}`)).toBe('from-command')
})

test.each([
  ['nowhere', 'token_reference', 'does not say where the token is'],
  ['env:MISSING', 'token_env', 'MISSING'],
  ['file:/nowhere/at/all', 'token_file', 'cannot be read'],
  ['exec:sh -c whoami', 'token_program', 'token_programs: [sh]'],
])('%s rejects with the next step', async (reference, code, message) => {
  await expect(read(reference)).rejects.toMatchObject({
    fault: 'fatal',
    code,
    message: expect.stringContaining(message),
  })
})

test('tenants with the same reference share one reader, so a command runs once for all', () => {
  const readers = tokenReaders({ env: {}, programs })
  expect(readers('env:A')).toBe(readers('env:A'))
  expect(readers('env:A')).not.toBe(readers('env:B'))
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCertificates } from '@asana-audit/core'
import { expect, onTestFinished, test } from 'vitest'

test('certificates are read from their files, all problems at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-certificates-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const pem = join(folder, 'ca.pem')
  const other = join(folder, 'other.pem')
  writeFileSync(pem, '-----BEGIN CERTIFICATE-----\n')
  writeFileSync(other, 'binary')
  expect(await readCertificates({ ca: { setting: 'CA', path: pem } })).toEqual({
    certificates: { ca: '-----BEGIN CERTIFICATE-----\n', cert: undefined, key: undefined },
  })
  const { problems } = await readCertificates({
    cert: { setting: 'CERT', path: other },
    key: { setting: 'KEY', path: join(folder, 'none') },
  })
  expect(new Set(problems?.map(({ setting }) => setting))).toEqual(new Set(['CERT', 'KEY']))
  expect(problems?.find(({ setting }) => setting === 'KEY')?.message).toContain('ENOENT')
})

test('a key put where its path belongs is not repeated, nor is a path', async () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n'
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-certificates-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const text = join(folder, 'text')
  writeFileSync(text, 'no certificate')
  const { problems = [] } = await readCertificates({
    cert: { setting: 'CERT', path: text },
    key: { setting: 'KEY', path: key },
  })
  const messages = problems.map(({ message }) => message).join()
  expect(messages).toMatch(/ENOENT[\s\S]*-----BEGIN\.|-----BEGIN\.[\s\S]*ENOENT/)
  expect(messages).toContain('for example /')
  expect(messages).not.toContain('MIIE')
  expect(messages).not.toContain(folder)
})

import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Credentials } from '@asana-audit/core'
import { type CertificatePaths, type NamedPath, readCertificates } from '@asana-audit/core/config'
import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { authority, type Certificate, certificate, withPassphrase } from '../support/certificates.ts'

let ca: Certificate
let client: Certificate
let other: Certificate
beforeAll(async () => {
  ca = await authority('Test authority')
  client = await certificate({ issuer: ca, name: 'client' })
  other = await certificate({ issuer: ca, name: 'other' })
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-certificates-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
})

/** A file that a setting of the same name points to. */
function file(setting: string, text: string): NamedPath {
  const path = join(folder, setting)
  writeFileSync(path, text)
  return { setting, path }
}

/** What a client would be given now. */
async function held(paths: CertificatePaths): Promise<Credentials | undefined> {
  const { certificates } = await readCertificates(paths)
  return certificates?.credentials?.(() => expect.unreachable())
}

test('certificates and a key are read unchanged from their files', async () => {
  const paths = { ca: file('CA', ca.cert), cert: file('CERT', client.cert), key: file('KEY', client.key) }
  expect(await held(paths)).toEqual({ ca: ca.cert, cert: client.cert, key: client.key })
})

test('without files there is nothing to read', async () => {
  expect(await readCertificates({})).toEqual({ certificates: {} })
})

test('a bundle with comments, a chain, and certificate and key in one file are read', async () => {
  const bundle = `# Two of them\n${ca.cert}\r\n# and\n${other.cert}`
  const both = `${client.cert}\n${ca.cert}\n${client.key}`
  const paths = { ca: file('CA', bundle), cert: file('CERT', both), key: file('KEY', both) }
  expect(await held(paths)).toEqual({ ca: bundle, cert: both, key: both })
})

test('a key in the older form is read', async () => {
  const key = createPrivateKey(client.key).export({ type: 'sec1', format: 'pem' }).toString()
  expect(await held({ cert: file('CERT', client.cert), key: file('KEY', key) })).toMatchObject({ key })
})

const cut = (pem: string): string => pem.slice(0, pem.length / 2)
const emptied = (pem: string): string => pem.replace(/-\n[\s\S]+\n-/, '-\nbm8=\n-')

/** What is in the file, the setting that names it, and what the problem says. */
const unusable: [string, setting: 'CA' | 'CERT' | 'KEY', text: () => string, says: string][] = [
  ['is not PEM', 'CA', () => 'binary', 'is not in PEM form'],
  ['is empty', 'KEY', () => '', 'is not in PEM form'],
  [
    'is a key in place of a certificate',
    'CERT',
    () => client.key,
    'no complete certificate, only a private key',
  ],
  ['is a key in place of a CA', 'CA', () => ca.key, 'no complete certificate, only a private key'],
  [
    'is a certificate in place of a key',
    'KEY',
    () => client.cert,
    'no complete private key, only a certificate',
  ],
  ['is a certificate cut short', 'CERT', () => cut(client.cert), 'no complete certificate'],
  [
    'is a bundle with an invalid certificate',
    'CA',
    () => ca.cert + emptied(ca.cert),
    'certificate that cannot be read',
  ],
  ['is a key cut short', 'KEY', () => cut(client.key), 'no complete private key'],
  ['is a key that is none', 'KEY', () => emptied(client.key), 'private key that cannot be read'],
  ['is a key with a passphrase', 'KEY', () => withPassphrase(client.key), 'needs a passphrase'],
  ['is a key with a passphrase, in the older form', 'KEY', () => olderWithPassphrase(), 'needs a passphrase'],
  ['is the key of another certificate', 'KEY', () => other.key, 'not belong to the certificate of CERT'],
]

test.each(unusable)('a file that %s is a problem of %s', async (_, setting, text, says) => {
  const good = { CA: ca.cert, CERT: client.cert, KEY: client.key }
  const written = { ...good, [setting]: text() }
  const { problems = [] } = await readCertificates({
    ca: file('CA', written.CA),
    cert: file('CERT', written.CERT),
    key: file('KEY', written.KEY),
  })
  expect(problems.map((problem) => problem.setting)).toEqual([setting])
  expect(problems[0]?.message).toContain(says)
  expect(problems[0]?.message).toContain(` (${folder}`)
})

function olderWithPassphrase(): string {
  const key = createPrivateKey(client.key)
  return key.export({ type: 'sec1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }).toString()
}

test('all problems are reported at once', async () => {
  const { problems } = await readCertificates({
    ca: file('CA', 'binary'),
    cert: { setting: 'CERT', path: join(folder, 'none') },
    key: file('KEY', withPassphrase(client.key)),
  })
  expect(new Set(problems?.map(({ setting }) => setting))).toEqual(new Set(['CA', 'CERT', 'KEY']))
  expect(problems?.find(({ setting }) => setting === 'CERT')?.message).toContain('ENOENT')
})

test('a key in place of its path is not quoted', async () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n'
  const { problems = [] } = await readCertificates({ key: { setting: 'KEY', path: key } })
  expect(problems.map(({ message }) => message).join()).not.toContain('MIIE')
  expect(problems[0]?.message).toContain('for example /')
})

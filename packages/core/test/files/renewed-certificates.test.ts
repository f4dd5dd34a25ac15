import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Credentials } from '@asana-audit/core'
import { type NamedPath, readCertificates } from '@asana-audit/core/config'
import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { authority, type Certificate, certificate } from '../support/certificates.ts'
import { type SteppedClock, steppedClock } from '../support/stepped-clock.ts'

let ca: Certificate
let old: Certificate
let renewed: Certificate
beforeAll(async () => {
  ca = await authority('Test authority')
  old = await certificate({ issuer: ca, name: 'old' })
  renewed = await certificate({ issuer: ca, name: 'renewed' })
})

let folder: string
let clock: SteppedClock
let warnings: string[]
/** What a request would be made with now. */
let present: () => Credentials | Promise<Credentials>
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'renewed-certificates-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  clock = steppedClock()
  warnings = []
  put('ca', ca.cert)
  put('cert', old.cert)
  put('key', old.key)
  const { certificates } = await readCertificates({ ca: at('ca'), cert: at('cert'), key: at('key') }, clock)
  const credentials = certificates?.credentials
  if (!credentials) throw new Error('No file was read.')
  present = () => credentials((message) => warnings.push(message))
})

const at = (name: string): NamedPath => ({ setting: name.toUpperCase(), path: join(folder, name) })

/** By renaming, as one should. */
function put(name: string, text: string): void {
  writeFileSync(join(folder, 'new'), text)
  renameSync(join(folder, 'new'), join(folder, name))
}

test('the files are not looked at again within a second, and what they hold is at hand without waiting', async () => {
  put('cert', renewed.cert)
  put('key', renewed.key)
  await clock.pass(999)
  expect(present()).toEqual({ ca: ca.cert, cert: old.cert, key: old.key })
  await clock.pass(1)
  expect(await present()).toEqual({ ca: ca.cert, cert: renewed.cert, key: renewed.key })
  expect(warnings).toEqual([])
})

test('a certificate without its key changes nothing until the key is there, and is said once', async () => {
  put('cert', renewed.cert)
  for (const _ of [1, 2, 3]) {
    await clock.pass(1_000)
    expect(await present()).toEqual({ ca: ca.cert, cert: old.cert, key: old.key })
  }
  expect(warnings).toEqual([
    expect.stringMatching(/^KEY: .*does not belong to the certificate of CERT.*held before is used\.$/),
  ])
  put('key', renewed.key)
  await clock.pass(1_000)
  expect(await present()).toEqual({ ca: ca.cert, cert: renewed.cert, key: renewed.key })
  expect(warnings).toHaveLength(1)
})

test('files that vanish or are broken change nothing, are said once each, and are said again the next time', async () => {
  rmSync(join(folder, 'ca'))
  await clock.pass(1_000)
  await present()
  put('ca', '')
  await clock.pass(1_000)
  await present()
  put('ca', `${ca.cert}\n`)
  await clock.pass(1_000)
  expect(await present()).toMatchObject({ ca: `${ca.cert}\n` })
  put('ca', '')
  await clock.pass(1_000)
  expect(await present()).toMatchObject({ ca: `${ca.cert}\n` })
  expect(warnings).toEqual([
    expect.stringContaining('cannot be read (ENOENT)'),
    expect.stringContaining('is not in PEM form'),
    expect.stringContaining('is not in PEM form'),
  ])
})

test('requests at the same time share a look', async () => {
  put('cert', renewed.cert)
  await clock.pass(1_000)
  await Promise.all([present(), present(), present()])
  expect(warnings).toHaveLength(1)
})

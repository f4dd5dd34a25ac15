import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mmdb } from '../../../test/support/data/mmdb.ts'
import { mmdbFile } from '../src/mmdb-file.ts'
import { sharedMmdbFile } from '../src/shared-mmdb-file.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'asana-audit-context-'))
  path = join(folder, 'city.mmdb')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function replace(bytes: Buffer | string): void {
  writeFileSync(`${path}.new`, bytes)
  renameSync(`${path}.new`, path)
}

const of = (country: string): Buffer => mmdb({ '192.0.2.0/24': { country: { iso_code: country } } })
const found = (country: string): object => ({ country: { iso_code: country } })

/** A clock that a test moves. */
function clock() {
  let now = 1_000_000
  return {
    now: () => now,
    random: () => 0,
    sleep: () => Promise.reject(new Error('Nothing sleeps here.')),
    pass(ms: number) {
      now += ms
    },
  }
}

test('another file is used at the next look, ten seconds later, and no lookup waits for it', async () => {
  const time = clock()
  replace(of('DE'))
  const file = await mmdbFile(path, 'geo', time)
  replace(of('FR'))
  time.pass(9_999)
  expect(file.lookup('192.0.2.7')).toEqual(found('DE'))
  time.pass(1)
  expect(file.lookup('192.0.2.7')).toEqual(found('DE'))
  await expect.poll(() => file.lookup('192.0.2.7'), { timeout: 200_000 }).toEqual(found('FR'))
  expect(file.wrong()).toBeUndefined()
})

test.each([
  ['is broken', () => replace('half a download'), /is no MaxMind DB, or not a whole one. Download it again/],
  ['is gone', () => rmSync(path), /cannot be read \(ENOENT\)/],
])('while the file %s, what it held before is used, until a good one is there', async (_, harm, sentence) => {
  replace(of('DE'))
  const file = await mmdbFile(path, 'geo')
  harm()
  await file.look()
  expect(file.lookup('192.0.2.7')).toEqual(found('DE'))
  expect(file.wrong()).toMatch(sentence)
  // Again: it is not read a second time, and it stays wrong.
  await file.look()
  expect(file.wrong()).toMatch(sentence)
  replace(of('FR'))
  await file.look()
  expect(file.wrong()).toBeUndefined()
  expect(file.lookup('192.0.2.7')).toEqual(found('FR'))
})

test('a file that comes back as it was is used without being said to be old', async () => {
  replace(of('DE'))
  const file = await mmdbFile(path, 'geo')
  renameSync(path, `${path}.away`)
  await file.look()
  expect(file.wrong()).toMatch(/ENOENT/)
  renameSync(`${path}.away`, path)
  await file.look()
  expect(file.wrong()).toBeUndefined()
  expect(file.lookup('192.0.2.7')).toEqual(found('DE'))
})

test('all that use a file share it, and a later user is told what is wrong with it now', async () => {
  replace(of('DE'))
  const file = await sharedMmdbFile(path, 'geo')
  expect(await sharedMmdbFile(path, 'geo')).toBe(file)
  replace('half a download')
  await expect(sharedMmdbFile(path, 'geo')).rejects.toMatchObject({ fault: 'fatal', code: 'bad_database' })
  expect(file.lookup('192.0.2.7')).toEqual(found('DE'))
  replace(of('FR'))
  expect(await sharedMmdbFile(path, 'geo')).toBe(file)
  expect(file.lookup('192.0.2.7')).toEqual(found('FR'))
})

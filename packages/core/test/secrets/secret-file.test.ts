import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getAuditLogEvents } from '@asana-audit/core'
import { secretFile, secretFileProblem } from '@asana-audit/core/config'
import { tellOldSecret } from '@asana-audit/core/sink-kit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { faultOf } from '../support/fault-of.ts'
import { page, scriptedAsana } from '../support/scripted-asana.ts'
import { steppedClock } from '../support/stepped-clock.ts'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secret-file-'))
  path = join(folder, 'token')
  await writeFile(path, 'first\n')
})
afterEach(() => rm(folder, { recursive: true }))

/** Puts another file in its place, as one should. */
async function replace(text: string): Promise<void> {
  await writeFile(join(folder, 'new'), text)
  await rename(join(folder, 'new'), path)
}

test('a file is not looked at again within a second', async () => {
  const clock = steppedClock()
  const read = secretFile(path, path, clock)
  expect(await read()).toBe('first')
  await replace('second')
  await clock.pass(999)
  expect(await read()).toBe('first')
  await clock.pass(1)
  expect(await read()).toBe('second')
})

test('a file that was looked at is at hand without waiting', async () => {
  const read = secretFile(path, path, steppedClock())
  await read()
  expect(read()).toBe('first')
})

test('a file is noticed that is replaced through links, as Kubernetes replaces them', async () => {
  const clock = steppedClock()
  for (const version of ['v1', 'v2']) await writeFile(join(folder, version), `secret of ${version}`)
  await symlink('v1', join(folder, 'current'))
  await symlink('current', join(folder, 'mounted'))
  const read = secretFile(join(folder, 'mounted'), undefined, clock)
  expect(await read()).toBe('secret of v1')
  await symlink('v2', join(folder, 'next'))
  await rename(join(folder, 'next'), join(folder, 'current'))
  await clock.pass(1_000)
  expect(await read()).toBe('secret of v2')
})

test('a file is noticed that was written in place, with the same length and the same time', async () => {
  const clock = steppedClock()
  const { atime, mtime } = await stat(path)
  const read = secretFile(path, path, clock)
  expect(await read()).toBe('first')
  await writeFile(path, 'other\n')
  await utimes(path, atime, mtime)
  await clock.pass(1_000)
  expect(await read()).toBe('other')
})

test('a file is looked at again if the clock was set back', async () => {
  let now = 5_000
  const read = secretFile(path, path, { ...steppedClock(), now: () => now })
  expect(await read()).toBe('first')
  await replace('second')
  now = 1_000
  expect(await read()).toBe('second')
})

test('while a file is missing or empty, what it held before is used, until that is refused', async () => {
  const clock = steppedClock()
  const told: string[] = []
  const read = tellOldSecret(secretFile(path, path, clock), (message) => told.push(message))
  await read()
  await rm(path)
  for (const _ of [1, 2, 3]) {
    await clock.pass(1_000)
    expect(await read()).toBe('first')
  }
  expect(told).toEqual([
    `The token file (${path}) cannot be read (ENOENT). Put it back, or give another path. Until then, what it held before is used.`,
  ])
  await writeFile(path, ' \n')
  await clock.pass(1_000)
  expect(await read()).toBe('first')
  expect(told).toEqual([expect.anything(), expect.stringContaining('cannot be read (empty)')])
  expect(await faultOf(read.another?.(new Set(['first'])) ?? Promise.resolve())).toMatchObject({
    fault: 'fatal',
    code: 'token_file',
  })
  await writeFile(path, 'back')
  await clock.pass(1_000)
  expect(await read()).toBe('back')
  await rm(path)
  await clock.pass(1_000)
  await read()
  expect(told).toHaveLength(3)
})

test('a file that was never there is a fault that names it, and its arrival is noticed at once', async () => {
  await rm(path)
  const read = secretFile(path, path, steppedClock())
  expect(await faultOf(Promise.resolve(read()))).toMatchObject({
    fault: 'fatal',
    code: 'token_file',
    message: `The token file (${path}) cannot be read (ENOENT). Put it back, or give another path.`,
  })
  await writeFile(path, 'back')
  expect(await read()).toBe('back')
})

test.each<[what: string, make: () => unknown, said: string]>([
  ['a folder', () => mkdir(path), 'a folder'],
  // Opening it in the usual way would wait for a writer.
  ['a pipe', () => execFileSync('mkfifo', [path]), 'a pipe or a device'],
  ['a device', () => symlink('/dev/zero', path), 'a pipe or a device'],
  ['a megabyte', () => writeFile(path, 'x'.repeat(2 ** 20)), 'over 64 KiB'],
])('%s is no secret: a fault says so at once', async (_, make, said) => {
  await rm(path)
  await make()
  const problem = secretFileProblem({ setting: 'TOKEN_FILE', path }, () => undefined)
  expect(problem?.message).toContain(`(${path}) cannot be read (${said}).`)
  const found = await faultOf(Promise.resolve(secretFile(path, path, steppedClock())()))
  expect(found.message).toContain(`cannot be read (${said})`)
})

test('a file that was replaced just now is used when the old secret is refused, without a pause', async () => {
  await using asana = await scriptedAsana(page([], 'a'), { status: 401, json: {} }, page([], 'b'))
  const token = secretFile(path, path, steppedClock())
  const request = { workspace: '1', token, baseUrl: asana.baseUrl }
  await getAuditLogEvents(request)
  await replace('second')
  expect(await getAuditLogEvents(request)).toMatchObject({ offset: 'b' })
  expect(asana.requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer first',
    'Bearer first',
    'Bearer second',
  ])
})

test('a secret that is refused and has not changed is sent only once', async () => {
  await using asana = await scriptedAsana({ status: 401, json: {} })
  const token = secretFile(path, path, steppedClock())
  const fault = await faultOf(getAuditLogEvents({ workspace: '1', token, baseUrl: asana.baseUrl }))
  expect(fault).toMatchObject({ code: 'unauthorized' })
  expect(asana.requests).toHaveLength(1)
})

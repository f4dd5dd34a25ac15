import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeChecksums } from '../scripts/release/checksums.ts'
import { temporaryFolder } from './support/run-command.ts'

test('sha256sum accepts the checksums of all files, also when they are written again, and finds a changed file', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'image/blobs'), { recursive: true })
  writeFileSync(join(folder, 'asana-audit.deb'), 'a package')
  writeFileSync(join(folder, 'image/blobs/layer'), 'a layer')
  expect(await writeChecksums(folder)).toBe(2)
  const first = readFileSync(join(folder, 'SHA256SUMS'), 'utf8')
  expect(await writeChecksums(folder)).toBe(2)
  expect(readFileSync(join(folder, 'SHA256SUMS'), 'utf8')).toBe(first)
  const check = (): string =>
    execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    })
  expect(check()).toBe('asana-audit.deb: OK\nimage/blobs/layer: OK\n')
  writeFileSync(join(folder, 'image/blobs/layer'), 'another layer')
  expect(check).toThrow(/did NOT match/)
})

test('an empty folder has no checksums, and that is an error', async () => {
  await expect(writeChecksums(temporaryFolder())).rejects.toThrow('is empty')
})

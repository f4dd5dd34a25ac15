import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeChecksums } from '../../scripts/release/checksums.ts'
import { temporaryFolder } from '../support/commands/run-command.ts'

test('sha256sum accepts the checksums of all files, also when they are written again, and finds a changed file', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'image/blobs'), { recursive: true })
  writeFileSync(join(folder, 'asana-audit_1.2.3_amd64.deb'), 'a package')
  writeFileSync(join(folder, 'image/blobs/layer'), 'a layer')
  expect(await writeChecksums(folder, '1.2.3')).toBe(2)
  const first = readFileSync(join(folder, 'SHA256SUMS'), 'utf8')
  expect(await writeChecksums(folder, '1.2.3')).toBe(2)
  expect(readFileSync(join(folder, 'SHA256SUMS'), 'utf8')).toBe(first)
  const check = (): string =>
    execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    })
  expect(check()).toBe('asana-audit_1.2.3_amd64.deb: OK\nimage/blobs/layer: OK\n')
  writeFileSync(join(folder, 'image/blobs/layer'), 'another layer')
  expect(check).toThrow(/did NOT match/)
})

test('a package of another version, left from an earlier build, is named and gets no checksum', async () => {
  const folder = temporaryFolder()
  for (const name of ['asana-audit_0.1.0_amd64.deb', 'asana-audit_0.2.0_amd64.deb', 'image.cdx.json'])
    writeFileSync(join(folder, name), name)
  await expect(writeChecksums(folder, '0.2.0')).rejects.toThrow(
    'not of version 0.2.0. Remove them: asana-audit_0.1.0_amd64.deb.',
  )
  expect(existsSync(join(folder, 'SHA256SUMS'))).toBe(false)
})

test('an empty folder has no checksums, and that is an error', async () => {
  await expect(writeChecksums(temporaryFolder(), '1.2.3')).rejects.toThrow('is empty')
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteState } from '@asana-audit/core/sqlite-state'
import { expect, onTestFinished, test } from 'vitest'
import { networkFileSystem, networkFileSystemOf } from '../../src/files/network-file-system.ts'

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'asana-audit-network-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

test.each([
  ['NFS', 0x6969],
  ['SMB', 0xfe534d42],
  ['CIFS', 0xff534d42],
  ['CIFS', 0xff534d42 | 0], // As 32-bit systems give it.
  ['9p', 0x01021997],
])('%s is known by the number Linux has for it', (name, type) => {
  expect(networkFileSystem(type)).toBe(name)
})

test.each([
  ['ext4', 0xef53],
  ['XFS', 0x58465342],
  ['Btrfs', 0x9123683e],
  ['tmpfs', 0x01021994],
  ['overlayfs', 0x794c7630],
  ['ZFS', 0x2fc12fc1],
])('%s is a local one', (_, type) => {
  expect(networkFileSystem(type)).toBeUndefined()
})

test('on Windows the path decides, and an unknown file system gives no warning', () => {
  const network = (path: string): boolean => networkFileSystemOf(path, 'win32') !== undefined
  expect(
    ['\\\\nas\\audit\\state.db', '//nas/audit/state.db', '\\\\?\\UNC\\nas\\audit\\state.db'].map(network),
  ).toEqual([true, true, true])
  expect(['C:\\audit\\state.db', '\\\\?\\C:\\state.db', 'state.db'].map(network)).toEqual([
    false,
    false,
    false,
  ])
  expect(networkFileSystemOf('/does/not/exist', 'linux')).toBeUndefined()
})

test('a state on a network file system works, with one warning about the risk', async () => {
  const path = join(folder(), 'state.db')
  const warnings: string[] = []
  const state = sqliteState({
    path,
    onWarning: ({ code, message }) => warnings.push(`${code}: ${message}`),
    networkFileSystemOf: (asked) => (asked === path ? 'NFS' : undefined),
  })
  const lane = await (await state.claim('main')).lane('live', 'f')
  await lane.commit({ cursor: 'a', delivered: [], quarantined: [] })
  await state.close()
  expect(warnings).toEqual([
    expect.stringMatching(
      /^network_file_system: The state .*state\.db is on a network file system \(NFS\).*local disk/,
    ),
  ])
})

// What a folder for temporary files is on is no part of this project, so it is asked for both.
test('a warning is given only if the file system of the state itself is a network one', async () => {
  const path = join(folder(), 'state.db')
  let warned = false
  const onWarning = (): void => {
    warned = true
  }
  await sqliteState({ path, onWarning }).close()
  expect(warned).toBe(networkFileSystemOf(path) !== undefined)
})

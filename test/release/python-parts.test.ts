import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pythonParts } from '../../scripts/splunk-input/python-parts.ts'
import { temporaryFolder } from '../support/commands/run-command.ts'

function library(lib: string, folder: string, metadata: string): void {
  mkdirSync(join(lib, `${folder}.dist-info`))
  writeFileSync(join(lib, `${folder}.dist-info/METADATA`), metadata)
}

test('each Python library is a part by the name in the index, with its licence where a program can read it', async () => {
  const lib = temporaryFolder()
  library(
    lib,
    'PySocks-1.7.1',
    'Metadata-Version: 2.1\nName: PySocks\nVersion: 1.7.1\nLicense: BSD\n\nName: nobody\n',
  )
  library(lib, 'a_b.c-2', 'Metadata-Version: 2.4\nName: a_b.c\nVersion: 2\nLicense-Expression: MIT\n\n')
  mkdirSync(join(lib, 'socks'))
  expect(await pythonParts(lib)).toEqual([
    { name: 'pysocks', version: '1.7.1', origin: { type: 'pypi' } },
    { name: 'a-b-c', version: '2', origin: { type: 'pypi' }, license: 'MIT' },
  ])
})

test('a folder without a library that says its name is an error, not an empty list', async () => {
  const lib = temporaryFolder()
  await expect(pythonParts(lib)).rejects.toThrow('no Python library')
  library(lib, 'nameless-1', 'Metadata-Version: 2.1\n\n')
  await expect(pythonParts(lib)).rejects.toThrow('does not say its name')
})

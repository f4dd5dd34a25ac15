import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { archivesOf, removeOlder } from '../../scripts/release/artifacts.ts'
import { temporaryFolder } from '../support/commands/run-command.ts'

test('a build removes what an earlier one made in its place, and nothing of other builds', () => {
  const folder = temporaryFolder()
  const built = ['asana-audit_0.2.0_amd64.deb', 'asana-audit_0.2.0_amd64.deb.cdx.json']
  const old = ['asana-audit_0.1.0_amd64.deb', 'asana-audit_0.1.0_amd64.deb.cdx.json']
  const others = ['asana-audit_0.1.0_arm64.deb', 'asana-audit-0.1.0.tgz', 'SHA256SUMS']
  for (const name of [...built, ...old, ...others]) writeFileSync(join(folder, name), '')
  mkdirSync(join(folder, 'image'))
  removeOlder(folder, ['asana-audit_*_amd64.deb*'], [join(folder, 'asana-audit_0.2.0_amd64.deb')])
  expect(readdirSync(folder).toSorted()).toEqual([...built, ...others, 'image'].toSorted())
})

test('a build of one add-on for Splunk leaves the other one, whose name begins in the same way', () => {
  const folder = temporaryFolder()
  const input = [
    'TA-asana-audit-input-0.1.0-linux-x64.tgz',
    'TA-asana-audit-input-0.1.0-linux-x64.tgz.cdx.json',
  ]
  for (const name of [...input, 'TA-asana-audit-0.1.0.tgz', 'TA-asana-audit-0.1.0.tgz.cdx.json'])
    writeFileSync(join(folder, name), '')
  removeOlder(folder, [archivesOf('TA-asana-audit')], [])
  expect(readdirSync(folder).toSorted()).toEqual(input)
  removeOlder(folder, [archivesOf('TA-asana-audit-input')], [])
  expect(readdirSync(folder)).toEqual([])
})

import { spawnSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { missingForRelease } from '../../scripts/release/needed-tools.ts'
import { temporaryFolder } from '../support/commands/run-command.ts'
import { repository } from '../support/release/packed-packages.ts'

test('test:release says all it lacks at once, and how to get it, before it builds anything', () => {
  const empty = temporaryFolder()
  const env = { PATH: empty, XDG_CACHE_HOME: empty }
  const script = join(repository, 'scripts/release/test-release.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  for (const name of [
    'npm',
    'ldd',
    'skopeo',
    'umoci',
    'dpkg-deb',
    'rpm',
    'unshare',
    'nfpm',
    'ucc',
    'splunk-appinspect',
    'helm',
    'kubeconform',
    'etcd',
  ])
    expect(stderr).toMatch(new RegExp(`^- ${name} is not .*(install|run) .*\\.$`, 'm'))
})

test('test:release asks for root, and for nothing where all is there', () => {
  const lacking = (user: number): string[] => missingForRelease(process.env, user)
  expect(lacking(1000)).toEqual([expect.stringContaining('need root'), ...lacking(0)])
})

test.each([
  ['no test is skipped', "test('second', () => {})", 0],
  ['a test is skipped', "test.skip('second', () => {})", 1],
  ['a group is skipped', "describe.skipIf(true)('group', () => test('second', () => {}))", 1],
])('where %s, test:release judges so', (_, second, status) => {
  const root = temporaryFolder()
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
  const text = `import { describe, test } from 'vitest'\ntest('first', () => {})\n${second}\n`
  writeFileSync(join(root, 'one.test.ts'), text)
  const reporter = join(repository, 'scripts/release/no-skips.ts')
  const vitest = [join(repository, 'node_modules/vitest/vitest.mjs'), 'run', '--root', root]
  const done = spawnSync(process.execPath, [...vitest, `--reporter=${reporter}`], { encoding: 'utf8' })
  expect(done.status, done.stderr).toBe(status)
  expect(done.stderr.includes('second')).toBe(status === 1)
})

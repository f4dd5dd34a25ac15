import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { codeBlocks } from '../support/pages/readme-example.ts'
import { repository } from '../support/release/packed-packages.ts'

const packaged = join(repository, 'deploy/packages')
const service = readFileSync(join(packaged, 'asana-audit.service'), 'utf8')

test('the service of the page for platform teams is the one of the packages, in /usr/local', () => {
  const [shown] = codeBlocks(readFileSync(join(repository, 'docs/platform-teams.md'), 'utf8'), 'ini')
  const path = '# /etc/systemd/system/asana-audit.service\n'
  expect(shown).toBe(path + service.replaceAll('/usr/bin/asana-audit', '/usr/local/bin/asana-audit'))
})

test('the settings of the packages pass the check that their first lines name, once there is a token', async () => {
  const token = join(temporaryFolder(), 'token')
  writeFileSync(token, '2/1234/a-token')
  const args = ['config', 'check', join(packaged, 'asana-audit.yaml')]
  const checked = await runCommand(args, { env: { ASANA_TOKEN_FILE: token } })
  expect(checked).toMatchObject({ code: 0, stderr: '' })
})

const analyze = (...args: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync('systemd-analyze', args, { encoding: 'utf8' })
const noSystemd = analyze('--version').status !== 0
if (noSystemd) process.stdout.write('Skipping the tests of the service: there is no systemd-analyze.\n')

describe.skipIf(noSystemd)('systemd', () => {
  test('judges the service as well protected', () => {
    const path = join(packaged, 'asana-audit.service')
    const { stdout } = analyze('security', '--offline=true', '--no-pager', path)
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1])
    expect(exposure, stdout).toBeLessThanOrEqual(1.5)
  })

  test('knows every line of the service', () => {
    const path = join(temporaryFolder(), 'asana-audit.service')
    // Nothing is installed here, and systemd looks for the program.
    writeFileSync(path, service.replaceAll('/usr/bin/asana-audit', '/bin/true'))
    expect(analyze('verify', path)).toMatchObject({ status: 0, stderr: '' })
  })
})

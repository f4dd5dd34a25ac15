import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from './support/packed-packages.ts'
import { codeBlocks } from './support/readme-example.ts'
import { temporaryFolder } from './support/run-command.ts'

const [unit = ''] = codeBlocks(readFileSync(join(repository, 'docs/platform-teams.md'), 'utf8'), 'ini')
const noSystemd = spawnSync('systemd-analyze', ['--version']).status !== 0
if (noSystemd) process.stdout.write('Skipping the test of the service: there is no systemd-analyze.\n')

test.skipIf(noSystemd)('systemd judges the service of the page as well protected', () => {
  const path = join(temporaryFolder(), 'asana-audit.service')
  writeFileSync(path, unit)
  const judged = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', path], {
    encoding: 'utf8',
  })
  const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(judged)?.[1])
  expect(exposure, judged).toBeLessThanOrEqual(1.5)
})

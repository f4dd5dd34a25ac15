/**
 * Runs the tests of what a release consists of, each built and then installed or run, and many more histories of faults than usual. They
 * take long, so `pnpm test` skips them.
 * Here a test that is skipped is a failure. What they need is looked for first, all at once.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { missingForRelease } from './needed-tools.ts'

const root = join(import.meta.dirname, '../..')
const missing = missingForRelease(process.env, process.getuid?.())
if (missing.length > 0) {
  process.stderr.write(
    `The tests of a release cannot run here:\n${missing.map((one) => `- ${one}\n`).join('')}`,
  )
  process.exitCode = 1
} else {
  const reporters = ['--reporter=default', `--reporter=${join(import.meta.dirname, 'no-skips.ts')}`]
  // One file at a time, because all build into `dist`.
  const given = process.argv.slice(2)
  const files = given.length > 0 ? given : ['test/installed', 'test/delivery/histories.test.ts']
  const vitest = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...files,
    '--no-file-parallelism',
    ...reporters,
  ]
  const { status } = spawnSync(process.execPath, vitest, {
    cwd: root,
    env: { HISTORIES: '2000', ...process.env, REQUIRE_RELEASE: '1' },
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}

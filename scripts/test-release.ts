/**
 * Runs the tests of what a release consists of, each built and then installed or run. They take long, so `pnpm test` skips them.
 * Here a test that is skipped is a failure.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const vitest = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/installed', ...process.argv.slice(2)], {
  cwd: join(import.meta.dirname, '..'),
  env: { ...process.env, REQUIRE_RELEASE: '1' },
  stdio: 'inherit',
})
process.exitCode = status ?? 1

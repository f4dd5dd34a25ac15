/** Runs more histories of three workers than the tests do: `pnpm histories:fleet [COUNT]`, 40 unless a number is given. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'test/fleet/histories.test.ts'],
  {
    cwd: root,
    env: { ...process.env, FLEET_HISTORIES: process.argv[2] ?? '40', REQUIRE_POSTGRES: '1' },
    stdio: 'inherit',
  },
)
process.exitCode = status ?? 1

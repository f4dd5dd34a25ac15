import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'examples/*/*.test.ts', 'test/**/*.test.ts', 'bench/*.test.ts'],
    globalSetup: ['test/support/before-tests/bundle-first.ts'],
    setupFiles: ['test/support/before-tests/one-seed.ts'],
    // Only what hangs should fail by time: a machine may be busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 300_000 } },
    // Two files for each core: a test of the command waits for over half of its time, for a process, a pause or a server.
    maxWorkers: 2 * availableParallelism(),
    // The command is started a thousand times; what Node compiled the first time need not be compiled again.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node-compile') },
  },
})

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'examples/*/*.test.ts', 'test/**/*.test.ts', 'bench/*.test.ts'],
    testTimeout: 60_000,
    // By default a core is left idle, which on two cores doubles the time.
    maxWorkers: '100%',
  },
})

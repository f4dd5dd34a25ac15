import { describe } from 'vitest'

/** Tests that build a part of a release. Only `pnpm test:release` runs them; elsewhere they are skipped, and said to be. */
export function describeRelease(name: string, tests: () => void): void {
  const runs = process.env['REQUIRE_RELEASE'] === '1'
  if (!runs) process.stdout.write(`Skipping the tests of ${name}: \`pnpm test:release\` runs them.\n`)
  describe.runIf(runs)(name, tests)
}

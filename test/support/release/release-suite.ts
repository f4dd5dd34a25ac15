import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'

/**
 * Tests that build a part of a release. Only `pnpm test:release` runs them; elsewhere they are skipped, and said to be.
 * `folder` is there while they run. A skipped suite creates none, although Vitest calls its function.
 */
export function describeRelease(name: string, tests: (folder: string) => void): void {
  const runs = process.env['REQUIRE_RELEASE'] === '1'
  if (!runs) process.stdout.write(`Skipping the tests of ${name}: \`pnpm test:release\` runs them.\n`)
  const folder = join(tmpdir(), `asana-audit-release-${randomUUID()}`)
  describe.runIf(runs)(name, () => {
    beforeAll(() => void mkdirSync(folder, { mode: 0o700 }))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))
    tests(folder)
  })
}

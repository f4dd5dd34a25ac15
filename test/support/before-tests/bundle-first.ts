import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

const script = join(import.meta.dirname, '../../../scripts/bundle/bundle-command.ts')

/**
 * Once before all tests, and before each repetition of a watch. Tests start the command a thousand times, and they start what users have: the
 * bundle, which takes a third of the processor time that the sources take to start.
 */
export default function setup(project: TestProject): void {
  writeBundle()
  project.onTestsRerun(async () => writeBundle())
}

/** In a process of its own: the bundler does not run in Vitest's loader. */
function writeBundle(): void {
  execFileSync(process.execPath, [script], { stdio: 'inherit' })
}

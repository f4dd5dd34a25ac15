import type { Reporter, TestModule } from 'vitest/node'

/** For Vitest: a test that was skipped makes the run fail, and is named. */
export default class NoSkips implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')])
    if (skipped.length === 0) return
    const names = skipped.map((one) => `- ${one.module.relativeModuleId}: ${one.fullName}\n`)
    process.stderr.write(`Skipped, although nothing may be skipped here:\n${names.join('')}`)
    process.exitCode = 1
  }
}

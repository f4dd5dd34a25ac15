import type { Reporter } from './reporter.ts'

/** One reporter in place of several. They are called in order, and none may throw. */
export function allReporters(reporters: readonly Reporter[]): Reporter {
  const [only] = reporters
  if (only && reporters.length === 1) return only
  return {
    started: (...told) => reporters.forEach((one) => void one.started(...told)),
    fact: (...told) => reporters.forEach((one) => void one.fact(...told)),
    warning: (...told) => reporters.forEach((one) => void one.warning(...told)),
    found: (...told) => reporters.forEach((one) => void one.found?.(...told)),
    async finding(...told) {
      await Promise.all(reporters.map((one) => one.finding?.(...told)))
    },
    claimed: () => reporters.forEach((one) => void one.claimed?.()),
    begins: (...told) => reporters.forEach((one) => void one.begins?.(...told)),
    standsBy: (...told) => reporters.forEach((one) => void one.standsBy?.(...told)),
    stateWarning: (...told) => reporters.forEach((one) => void one.stateWarning(...told)),
    failed: (...told) => reporters.forEach((one) => void one.failed(...told)),
    reloaded: (...told) => reporters.forEach((one) => void one.reloaded?.(...told)),
    reloadRefused: (...told) => reporters.forEach((one) => void one.reloadRefused?.(...told)),
    stopping: (...told) => reporters.forEach((one) => void one.stopping(...told)),
    finished: (...told) => reporters.forEach((one) => void one.finished(...told)),
  }
}

import { toFault } from '@asana-audit/core'
import type { Warning } from '../../terminal/problem.ts'
import type { Observer } from './observer.ts'
import type { Reporter } from './reporter.ts'

/**
 * An observer with a defect must stop no pipeline. The first time it throws, a warning `observer_failed` says so. It is called as before for
 * whatever happens next.
 */
export function guardedObserver(observer: Observer, onWarning: (warning: Warning) => void): Reporter {
  let hasFailed = false

  function guard<Told extends readonly unknown[]>(
    tell: ((...told: Told) => void) | undefined,
  ): (...told: Told) => void {
    return (...told) => {
      try {
        tell?.call(observer, ...told)
      } catch (error) {
        if (hasFailed) return
        hasFailed = true
        const message = `What watches this run has a defect; events are not affected. Report it with this: ${toFault(error).message}`
        onWarning({ code: 'observer_failed', message })
      }
    }
  }

  return {
    started: guard(observer.started),
    fact: guard(observer.fact),
    warning: guard(observer.warning),
    found: guard(observer.found),
    // If this rejects, the next run tells the finding again.
    finding: async (...told) => observer.finding?.(...told),
    claimed: guard(observer.claimed),
    begins: guard(observer.begins),
    standsBy: guard(observer.standsBy),
    stateWarning: guard(observer.stateWarning),
    failed: guard(observer.failed),
    reloaded: guard(observer.reloaded),
    reloadRefused: guard(observer.reloadRefused),
    stopping: guard(observer.stopping),
    finished: guard(observer.finished),
  }
}

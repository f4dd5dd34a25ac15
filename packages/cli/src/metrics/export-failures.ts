import { toFault } from '@asana-audit/core'
import type { Warning } from '../terminal/problem.ts'

/** Warns of the first failure in a row, and of the end of them: a receiver that is down for a day is two lines. */
export function exportFailures(
  what: 'metrics' | 'spans',
  onWarning: (warning: Warning) => void,
): { worked(): void; failed(error: unknown): void } {
  const name = what === 'metrics' ? 'Metrics' : 'Spans'
  let isFailing = false
  return {
    worked() {
      if (isFailing) onWarning({ code: `${what}_sent_again`, message: `${name} are sent again.` })
      isFailing = false
    },
    failed(error) {
      if (isFailing) return
      isFailing = true
      const message = `${name} were not sent; events are not affected. ${toFault(error).message}`
      onWarning({ code: `${what}_not_sent`, message })
    },
  }
}

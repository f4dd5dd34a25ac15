import { type Clock, isFault, type OnFact, toFault } from '@asana-audit/core'
import { retry } from '@asana-audit/core/sink-kit'
import type { Finding, SendFinding } from '../progress/finding/finding.ts'
import type { Warning } from '../terminal/problem.ts'

export interface FindingDelivery {
  /** Resolves once the destination has taken it or refused it for good. Rejects if the run ends first. */
  put(finding: Finding): Promise<void>
  /** Sends what waits for up to `graceMs`, and ends. */
  close(graceMs: number): Promise<void>
}

export interface FindingDeliveryOptions {
  readonly send: SendFinding
  readonly clock: Clock
  readonly say: (warning: Warning) => void
}

/**
 * Findings on their way to the destination of their pipeline: one after the other, tried again until it takes them. Events do not wait for
 * them. Who puts findings limits how many wait.
 */
export function findingDelivery({ send, clock, say }: FindingDeliveryOptions): FindingDelivery {
  const ended = new AbortController()
  let last = Promise.resolve()

  const report: OnFact = (fact) => {
    if ((fact.type === 'retrying' && fact.failures === 1) || fact.type === 'paused') {
      const message = `The destination does not take a finding. ${fact.message} It is tried again, and events do not wait for it.`
      say({ code: 'finding_waits', message })
    }
    if (fact.type === 'resumed')
      say({ code: 'finding_sent', message: 'The destination takes findings again.' })
  }

  async function sendOne(finding: Finding): Promise<void> {
    const { signal } = ended
    try {
      await retry(() => send(finding, signal), {
        ...{ part: 'sink', clock, signal, onFatal: 'pause', onFact: report },
      })
    } catch (error) {
      if (signal.aborted) throw error
      if (!isFault(error) || error.fault !== 'rejected') {
        say({ code: 'finding_not_sent', message: notSent(finding, toFault(error).message) })
        throw error
      }
      const message = `The destination refuses the finding ${finding.id} for good (${error.code}), and it is not sent again. ${error.message}`
      say({ code: 'finding_refused', message })
    }
  }

  return {
    put(finding) {
      const sent = last.then(() => sendOne(finding))
      last = sent.catch(() => {})
      return sent
    },
    async close(graceMs) {
      const over = new AbortController()
      await Promise.race([last, clock.sleep(graceMs, over.signal)])
      over.abort()
      ended.abort(new Error('The run has ended.'))
      await last
    },
  }
}

function notSent({ id }: Finding, why: string): string {
  return `The finding ${id} cannot be sent while this process runs, and is sent again at the next start. ${why}`
}

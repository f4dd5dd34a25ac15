import { type Claim, type DurableState, type Fact, type Fault, isFault } from '@asana-audit/core'
import type { Report } from '../../progress/reporters/reporter.ts'
import type { Warning } from '../../terminal/problem.ts'

/** Claims for a service that may stand by while another process, on this machine or another, runs a pipeline. */
export interface Standby {
  /** Claims a pipeline now. If another process has it: undefined if this one may stand by for it, otherwise it rejects. */
  claim(pipeline: string): Promise<Claim | undefined>
  /** Waits until the pipeline is free, and claims it. Undefined after a stop. */
  wait(pipeline: string, signal: AbortSignal): Promise<Claim | undefined>
  /** Whether a pipeline that has ended with this fault stands by again. If so, it reports that. */
  isAgain(pipeline: string, fault: Fault | undefined): boolean
}

/** With `once` nothing stands by: a run that is to end must not wait for another process. */
export function standbyFor(state: DurableState, report: Report, once: boolean): Standby {
  const { standby } = state
  const mayWait = standby !== undefined && !once
  return {
    async claim(pipeline) {
      try {
        return await state.claim(pipeline)
      } catch (error) {
        if (!mayWait || !isFault(error) || error.code !== 'already_running') throw error
        report.warning(pipeline, standsBy(error.message))
        return undefined
      }
    },
    async wait(pipeline, signal) {
      const onFact = (fact: Fact): void => {
        report.fact({ pipeline, lane: 'live' }, fact)
        // The state answers again, and this process waits on. Else those who watch would take the pipeline for one that runs and reads nothing.
        if (fact.type === 'resumed') report.standsBy?.(pipeline)
      }
      try {
        return await standby?.(pipeline, { signal, onFact })
      } catch (error) {
        if (signal.aborted) return undefined
        throw error
      }
    },
    isAgain(pipeline, fault) {
      if (!mayWait || fault?.code !== 'superseded') return false
      report.warning(pipeline, standsBy(fault.message))
      report.standsBy?.(pipeline)
      return true
    },
  }
}

function standsBy(why: string): Warning {
  const message = `${why.replace(/ Stop it first, or use another state\.$/, '')} This process stands by and takes over when that one has ended.`
  return { code: 'stands_by', message }
}

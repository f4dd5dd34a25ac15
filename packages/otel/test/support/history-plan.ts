import { between, type Draw, pick } from '../../../../test/support/histories/draw.ts'
import type { Outcome } from './fake-exporter.ts'

/** What happens in one history. */
export interface HistoryPlan {
  readonly events: number
  readonly pageSize: number
  readonly maxRecords: number
  readonly maxQueueSize: number
  readonly maxExportBatchSize: number
  readonly exportTimeoutMs: number
  /** How often an export goes wrong, and in which ways. */
  readonly faults: number
  readonly outcomes: Outcomes
  /** How often a processor of the host leaves out a record. */
  readonly drops: number
  readonly hostRecords: boolean
  /** The host fills the queue. */
  readonly floods: boolean
  readonly hostFlushes: boolean
  /** A flush of the exporter waits for all its calls. */
  readonly flushWaits: boolean
  /** How many providers are shut down before we have ended. */
  readonly shutdowns: number
}

type Outcomes = readonly [Outcome, ...Outcome[]]

/** Without `tracked`, an exporter that rejects ends the host's process: the SDK does not handle it. */
function outcomes(mode: 'tracked' | 'best effort'): Outcomes {
  const both: Outcomes = ['fails', 'throws', 'hangs', 'late', 'calls back twice']
  return mode === 'tracked' ? [...both, 'rejects'] : both
}

export function historyPlan(draw: Draw, mode: 'tracked' | 'best effort'): HistoryPlan {
  const maxExportBatchSize = between(draw('batch'), 4, 32)
  const maxQueueSize = maxExportBatchSize * between(draw('queue'), 1, 4)
  const often = (what: string, share: number): boolean => draw('whether', what) < share
  const hostRecords = often('records of the host', 0.5)
  return {
    events: between(draw('events'), 50, 300),
    pageSize: between(draw('page'), 5, 100),
    // More than the queue holds is only safe with `tracked`, which notices what is missing.
    maxRecords: mode === 'tracked' ? between(draw('records'), 1, maxQueueSize * 2) : maxExportBatchSize,
    ...{ maxQueueSize, maxExportBatchSize, exportTimeoutMs: between(draw('timeout'), 5, 15) },
    faults: often('faults', 0.6) ? draw('faults') * 0.5 : 0,
    outcomes: [pick(draw('first'), outcomes(mode)), pick(draw('second'), outcomes(mode))],
    drops: often('drops', 0.3) ? 0.02 : 0,
    hostRecords,
    floods: hostRecords && often('floods', 0.5),
    hostFlushes: often('flushes', 0.5),
    // Without `tracked`, an export that hangs would then stop the processor for good.
    flushWaits: mode === 'tracked' && often('flush waits', 0.5),
    shutdowns: often('shutdowns', 0.5) ? between(draw('shutdowns'), 1, 2) : 0,
  }
}

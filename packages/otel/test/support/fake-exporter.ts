import { setImmediate as turn } from 'node:timers/promises'
import type { ExportResult, TrackableExporter, TrackableRecord } from '../../src/index.ts'

type Callback = (result: ExportResult) => void

/** What a call does. `late` succeeds after the processor has given up; `hangs` never calls back. */
export type Outcome = 'succeeds' | 'fails' | 'throws' | 'rejects' | 'hangs' | 'late' | 'calls back twice'

export interface FakeExporter extends Required<TrackableExporter<TrackableRecord>> {
  /** Ids of the records that arrived, in order, with repeats. */
  readonly accepted: string[]
}

export interface FakeExporterOptions {
  readonly outcomeOf?: (call: number, ids: readonly string[]) => Outcome
  /** When a `late` call succeeds. */
  readonly lateMs?: number
  readonly error?: Error & { code?: unknown }
}

/** An exporter as a vendor may have written it, with its destination. */
export function fakeExporter(options: FakeExporterOptions = {}): FakeExporter {
  const { outcomeOf = () => 'succeeds', lateMs = 0, error = new Error('refused') } = options
  const accepted: string[] = []
  let calls = 0

  async function settle(outcome: Outcome, ids: readonly string[], callback: Callback): Promise<void> {
    await turn()
    if (outcome === 'hangs') return
    if (outcome === 'fails') return callback({ code: 1, error })
    if (outcome === 'late') await new Promise((resolve) => setTimeout(resolve, lateMs))
    accepted.push(...ids)
    callback({ code: 0 })
    if (outcome === 'calls back twice') callback({ code: 1, error })
  }

  return {
    accepted,
    export(records, callback) {
      const ids = records.map(({ attributes }) => String(attributes['log.record.uid']))
      calls += 1
      const outcome = outcomeOf(calls, ids)
      if (outcome === 'throws') throw error
      if (outcome === 'rejects') return Promise.reject(error) as unknown as undefined
      void settle(outcome, ids, callback)
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  }
}

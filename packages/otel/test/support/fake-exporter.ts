import { setImmediate as turn } from 'node:timers/promises'
import { auditScope } from '@asana-audit/schema'
import type { ExportResult, TrackableExporter, TrackableRecord } from '../../src/index.ts'

type Callback = (result: ExportResult) => void

/** What a call does. `late` succeeds after the processor has given up; `hangs` never calls back. */
export type Outcome = 'succeeds' | 'fails' | 'throws' | 'rejects' | 'hangs' | 'late' | 'calls back twice'

export interface FakeExporter extends Required<TrackableExporter<TrackableRecord>> {
  /** Ids of the records that arrived, in order, with repeats. Those of the host have `host:` before them. */
  readonly accepted: string[]
}

export interface FakeExporterOptions {
  readonly outcomeOf?: (call: number, ids: readonly string[]) => Outcome
  /** When a `late` call succeeds. */
  readonly lateMs?: number
  readonly error?: Error & { code?: unknown }
  /** Its flush waits for all calls, as many exporters do: for ever, if one hangs. */
  readonly flushWaits?: boolean
}

/** An exporter as a vendor may have written it, with its destination. */
export function fakeExporter(options: FakeExporterOptions = {}): FakeExporter {
  const { outcomeOf = () => 'succeeds', lateMs = 0, error = new Error('refused') } = options
  const accepted: string[] = []
  const underWay = new Set<Promise<void>>()
  let calls = 0

  async function settle(outcome: Outcome, ids: readonly string[], callback: Callback): Promise<void> {
    await turn()
    if (outcome === 'hangs') return new Promise(() => {})
    if (outcome === 'fails') return callback({ code: 1, error })
    if (outcome === 'late') await new Promise((resolve) => setTimeout(resolve, lateMs))
    accepted.push(...ids)
    callback({ code: 0 })
    if (outcome === 'calls back twice') callback({ code: 1, error })
  }

  return {
    accepted,
    export(records, callback) {
      const ids = records.map(nameOf)
      calls += 1
      const outcome = outcomeOf(calls, ids)
      if (outcome === 'throws') throw error
      if (outcome === 'rejects') return Promise.reject(error) as unknown as undefined
      const settling = settle(outcome, ids, callback).finally(() => underWay.delete(settling))
      underWay.add(settling)
    },
    async forceFlush() {
      if (options.flushWaits) await Promise.all(underWay)
    },
    shutdown: async () => {},
  }
}

function nameOf({ attributes, instrumentationScope }: TrackableRecord): string {
  const id = String(attributes['log.record.uid'])
  return instrumentationScope?.name === auditScope.name ? id : `host:${id}`
}

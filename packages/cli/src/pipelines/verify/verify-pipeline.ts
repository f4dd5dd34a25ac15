import type { DurableState, RequestBudget, SharedReader } from '@asana-audit/core'
import {
  contentHash,
  type HourSpan,
  type LedgerHour,
  ledgerDelta,
  openEnd,
  openStart,
  type ReconciledHour,
  reconcile,
} from '@asana-audit/core/ledger'
import { rawEventTime } from '@asana-audit/schema/lossless'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import { openAsana } from '../open-asana.ts'
import { asanaSpan } from './asana-span.ts'
import { gidsByHour } from './gids-by-hour.ts'
import {
  comparable,
  emptyLedger,
  endReached,
  type LeftOut,
  leftOut,
  limitsOf,
  type VerifyWindow,
} from './verify-limits.ts'
import type { WatchedReading } from './watched-reading.ts'

/** An event that Asana has rewritten, with the object of an archive that holds it as it was. */
export interface RewrittenEvent {
  readonly gid: string
  readonly place: string
  readonly key: string
}

/** The events Asana shows now, compared with those the destination accepted according to the ledger. */
export interface Verified {
  readonly pipeline: string
  /** The time ranges that were compared, in whole hours. Empty if none could be. */
  readonly compared: readonly HourSpan[]
  /** The compared hours in which Asana or the ledger has an event. */
  readonly hours: readonly ReconciledHour[]
  readonly leftOut: readonly LeftOut[]
  /** Events that Asana has rewritten, as far as an archive names them. */
  readonly rewritten?: readonly RewrittenEvent[] | undefined
}

export interface VerifyOptions {
  readonly state: DurableState
  readonly window: VerifyWindow
  readonly budget: RequestBudget
  readonly watched: WatchedReading
  /** For pipelines that read the same workspace and are compared at the same time. */
  readonly shared?: SharedReader | undefined
}

/**
 * Compares the ids and the contents that Asana has for a window with those of the ledger. Leaves out what cannot be decided: time that was not asked for, the
 * settled window before the newest delivered event or the last end of the log, what a backlog or a backfill has not reached, and the 90th day.
 */
export async function verifyPipeline(pipeline: PipelineSettings, options: VerifyOptions): Promise<Verified> {
  const { state, window } = options
  const { name } = pipeline
  const rows = (await state.lanes()).filter((row) => row.pipeline === name)
  const pipelines = await state.pipelines()
  const asked = pipelines.find((one) => one.pipeline === name)?.asked ?? []
  const ledger = await state.ledger(name, openStart, openEnd)
  const limits = limitsOf(rows, pipeline, Date.now())
  // A quiet tenant may have nothing in its ledger although all of its log was read.
  const isRead = ledger.length > 0 || rows.some((row) => endReached(row) !== undefined)
  if (!isRead || limits === undefined) {
    const others = pipelines.map((one) => one.pipeline).filter((other) => other !== name)
    return { pipeline: name, compared: [], hours: [], leftOut: [emptyLedger(rows, others)] }
  }
  const compared = comparable(asked, limits, window)
  const ours = ledger.filter(({ hour }) => compared.some(({ from, until }) => hour >= from && hour < until))
  const hours = reconcile(await readAsana(pipeline, options, compared), ours)
  return { pipeline: name, compared, hours, leftOut: leftOut(asked, limits, window) }
}

async function readAsana(
  pipeline: PipelineSettings,
  { budget, shared, watched }: VerifyOptions,
  spans: readonly HourSpan[],
): Promise<LedgerHour[]> {
  const asana = openAsana(pipeline, budget, shared, watched.tell)
  const hours: LedgerHour[] = []
  try {
    for (const { from, until } of spans) {
      const isFirst = gidsByHour(until)
      const source = asanaSpan(asana, from, until)
      const delta = ledgerDelta(source.contentForm)
      for await (const { events, malformed } of source.read()) {
        watched.read(events)
        for (const event of [...events, ...malformed.map(({ raw }) => raw)]) {
          const { gid } = Object(event) as { gid?: unknown }
          const at = rawEventTime(event)
          if (typeof gid !== 'string' || at === undefined) continue
          if (isFirst(gid, at)) delta.add(at, 'delivered', gid, contentHash(event))
        }
      }
      hours.push(...delta.hours())
    }
  } finally {
    await asana.close()
  }
  return hours
}

import {
  asanaBackfill,
  backlogLeft,
  hourMs,
  hourOf,
  ledgerSheet,
  type ReconciledHour,
  reconcile,
  requestBudget,
  type State,
} from '@asana-audit/core'
import { parseMillis } from '@asana-audit/schema'
import type { PipelineSettings } from './config/pipeline-settings.ts'
import type { Settings } from './config/read-settings.ts'
import { gidsByHour } from './gids-by-hour.ts'
import { openAsana } from './open-asana.ts'
import { unattended } from './unattended.ts'

export interface Verified {
  readonly pipeline: string
  /** Those that can be compared. */
  readonly hours: readonly ReconciledHour[]
  /** What was asked for and cannot be compared, as a part of a sentence. */
  readonly undecidable: string | undefined
}

/** What Asana still has for certain: it deletes after 90 days, and not at midnight. */
const retainedMs = 89 * 24 * hourMs

/**
 * Compares the ids Asana has for a window with those of the ledger. Not decidable, and left out: the hour the ledger begins
 * in, what lies less than the settled window behind the newest event delivered, what a backlog or a backfill has not come to, and the 90th day.
 */
export async function verifyPipeline(
  pipeline: PipelineSettings,
  settings: Settings,
  state: State,
  window: { readonly since: number | undefined; readonly until: number | undefined },
): Promise<Verified> {
  const { name } = pipeline
  const all = await state.lanes()
  const rows = all.filter((row) => row.pipeline === name)
  const newest = Math.max(
    ...rows.map(({ newestAt }) => (newestAt ? Date.parse(newestAt) : Number.NEGATIVE_INFINITY)),
  )
  const ledger = await state.ledger(name, 0, Number.MAX_SAFE_INTEGER)
  const [first] = ledger
  if (!first || newest === Number.NEGATIVE_INFINITY) {
    const others = [...new Set(all.map(({ pipeline }) => pipeline))].filter((other) => other !== name)
    const held = others.length > 0 ? ` by this pipeline; the state holds ${others.join(', ')}` : ''
    return { pipeline: name, hours: [], undecidable: `nothing has been delivered yet${held}` }
  }
  const begins = Math.min(...ledger.map(({ hour }) => hour))
  const earliest = Math.max(begins + hourMs, hourOf(Date.now() - retainedMs) + hourMs)
  // A backlog or a backfill under way reads in order: what it has not come to is not missing yet.
  const reached = rows
    .filter(({ lane }) => lane === 'backlog' || lane === 'backfill')
    .flatMap(({ cursor }) => backlogLeft(cursor) ?? [])
    .map(({ from }) => parseMillis(from ?? '') ?? 0)
  const read = Math.min(Number.POSITIVE_INFINITY, ...reached)
  const latest = hourOf(Math.min(newest - pipeline.settledWindowMs, read))
  const from = Math.max(hourOf(window.since ?? earliest), earliest)
  const until = Math.min(hourOf(window.until ?? latest), latest)
  const outside = [
    (window.since ?? earliest) < earliest && `before ${text(earliest)}`,
    (window.until ?? Number.POSITIVE_INFINITY) > latest && `from ${text(latest)} on`,
  ].filter(Boolean)
  const undecidable =
    outside.length > 0 ? `not decidable yet or any more: ${outside.join(' and ')}` : undefined
  if (until <= from) return { pipeline: name, hours: [], undecidable: undecidable ?? 'the window is empty' }
  const source = await readAsana(pipeline, settings, from, until)
  const hours = reconcile(
    source,
    ledger.filter(({ hour }) => hour >= from && hour < until),
  )
  return { pipeline: name, hours, undecidable }
}

function text(time: number): string {
  return `${new Date(time).toISOString().slice(0, 13)}h`
}

async function readAsana(
  pipeline: PipelineSettings,
  { requestsPerMinute }: Settings,
  from: number,
  until: number,
): Promise<ReturnType<ReturnType<typeof ledgerSheet>['hours']>> {
  const asana = openAsana(pipeline, requestBudget({ perMinute: requestsPerMinute }))
  const source = asanaBackfill({
    ...asana.options,
    since: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    settled: false,
    giveUpAfterMs: unattended(undefined).source,
  })
  const sheet = ledgerSheet()
  const isFirst = gidsByHour(until)
  try {
    for await (const { events, refused } of source.read()) {
      const raws = refused.map(({ raw }) => raw as { gid?: unknown; created_at?: unknown } | null)
      for (const event of [...events, ...raws]) {
        const { gid, created_at: createdAt } = event ?? {}
        const at = typeof createdAt === 'string' ? parseMillis(createdAt) : undefined
        if (typeof gid !== 'string' || at === undefined) continue
        if (isFirst(gid, at)) sheet.add(at, 'delivered', gid)
      }
    }
  } finally {
    await asana.close()
  }
  return sheet.hours()
}

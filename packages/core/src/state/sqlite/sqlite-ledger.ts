import type { DatabaseSync } from 'node:sqlite'
import { dayMs } from '../../duration.ts'
import type { LedgerHour, LedgerKind } from '../../ledger-hour.ts'
import { addTotals, emptyTotal, type LedgerTotal } from '../ledger.ts'

/** Asana keeps events for 90 days; nothing older can be compared. */
const keptMs = 91 * dayMs

/** Adds sums to the hours of a pipeline; called inside the transaction of a commit. */
export function ledgerWriter(
  database: DatabaseSync,
  pipeline: number,
): (hours: readonly LedgerHour[]) => void {
  const select = database.prepare(
    'SELECT count, checksum, content, content_form FROM ledger WHERE pipeline_id = ? AND hour = ? AND kind = ?',
  )
  select.setReadBigInts(true)
  const upsert = database.prepare(
    'INSERT OR REPLACE INTO ledger (pipeline_id, hour, kind, count, checksum, content, content_form) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  return (hours) => {
    for (const { hour, kind, ...more } of hours) {
      const row = select.get(pipeline, hour, kind) as TotalRow | undefined
      const { count, checksum, content } = addTotals(row ? totalIn(row) : emptyTotal, more)
      upsert.run(pipeline, hour, kind, count, checksum, content?.sum ?? null, content?.form ?? null)
    }
  }
}

export function readLedger(
  database: DatabaseSync,
  pipeline: string,
  from: number,
  until: number,
): LedgerHour[] {
  const select = database.prepare(`
    SELECT hour, kind, count, checksum, content, content_form FROM ledger JOIN pipeline ON pipeline.id = pipeline_id
    WHERE pipeline.name = ? AND hour >= ? AND hour < ? ORDER BY hour, kind`)
  select.setReadBigInts(true)
  const rows = select.all(pipeline, from, until) as unknown as (TotalRow & {
    readonly hour: bigint
    readonly kind: LedgerKind
  })[]
  return rows.map(({ hour, kind, ...row }) => ({ hour: Number(hour), kind, ...totalIn(row) }))
}

interface TotalRow {
  readonly count: bigint
  readonly checksum: bigint
  readonly content: bigint | null
  readonly content_form: string | null
}

function totalIn({ count, checksum, content, content_form: form }: TotalRow): LedgerTotal {
  const recorded = content === null || form === null ? undefined : { sum: Number(content), form }
  return { count: Number(count), checksum, content: recorded }
}

/** Empties `[from, until)` of the ledger and forgets its ids, so that what comes again is counted. */
export function reopenLedger(database: DatabaseSync, pipeline: number, from: number, until: number): void {
  database
    .prepare('DELETE FROM ledger WHERE pipeline_id = ? AND hour >= ? AND hour < ?')
    .run(pipeline, from, until)
  database
    .prepare('DELETE FROM known WHERE pipeline_id = ? AND at >= ? AND at < ?')
    .run(pipeline, from, until)
}

export function pruneLedger(database: DatabaseSync, pipeline: number, newest: number): void {
  database.prepare('DELETE FROM ledger WHERE pipeline_id = ? AND hour < ?').run(pipeline, newest - keptMs)
}

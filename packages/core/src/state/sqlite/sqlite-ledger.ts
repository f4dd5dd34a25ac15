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
    'SELECT count, checksum FROM ledger WHERE pipeline_id = ? AND hour = ? AND kind = ?',
  )
  select.setReadBigInts(true)
  const upsert = database.prepare(
    'INSERT OR REPLACE INTO ledger (pipeline_id, hour, kind, count, checksum) VALUES (?, ?, ?, ?, ?)',
  )
  return (hours) => {
    for (const { hour, kind, ...more } of hours) {
      const row = select.get(pipeline, hour, kind) as { count: bigint; checksum: bigint } | undefined
      const before: LedgerTotal = row ? { count: Number(row.count), checksum: row.checksum } : emptyTotal
      const { count, checksum } = addTotals(before, more)
      upsert.run(pipeline, hour, kind, count, checksum)
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
    SELECT hour, kind, count, checksum FROM ledger JOIN pipeline ON pipeline.id = pipeline_id
    WHERE pipeline.name = ? AND hour >= ? AND hour < ? ORDER BY hour, kind`)
  select.setReadBigInts(true)
  const rows = select.all(pipeline, from, until) as {
    hour: bigint
    kind: LedgerKind
    count: bigint
    checksum: bigint
  }[]
  return rows.map(({ hour, kind, count, checksum }) => ({
    hour: Number(hour),
    kind,
    count: Number(count),
    checksum,
  }))
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

import type { DatabaseSync } from 'node:sqlite'
import type { HourSpan, TimeSpan } from '../../ledger-hour.ts'
import { deliveredBeforeIn, deliveredBeforeNote, withReopened } from '../delivered-before.ts'
import { writeNotes } from './sqlite-note.ts'

/** Notes in which of these hours something was delivered. Called inside a transaction, before the ledger of these hours is emptied. */
export function noteReopened(database: DatabaseSync, pipeline: number, { from, until }: HourSpan): void {
  const rows = database
    .prepare(`
      SELECT hour FROM ledger WHERE pipeline_id = ? AND kind = 'delivered' AND count > 0 AND hour >= ? AND hour < ?
      ORDER BY hour`)
    .all(pipeline, from, until) as { hour: number }[]
  if (rows.length === 0) return
  const { newest } = database
    .prepare('SELECT max(newest) AS newest FROM lane WHERE pipeline_id = ?')
    .get(pipeline) as { newest: number | null }
  const reopened = { hours: rows.map(({ hour }) => hour), newest: newest ?? undefined }
  const spans = withReopened(readDeliveredBefore(database, pipeline), reopened)
  writeNotes(database, pipeline, new Map([[deliveredBeforeNote, JSON.stringify(spans)]]))
}

export function readDeliveredBefore(database: DatabaseSync, pipeline: number): TimeSpan[] {
  const row = database
    .prepare('SELECT text FROM note WHERE pipeline_id = ? AND name = ?')
    .get(pipeline, deliveredBeforeNote) as { text: string } | undefined
  return deliveredBeforeIn(row?.text)
}

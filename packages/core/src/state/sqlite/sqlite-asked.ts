import type { DatabaseSync } from 'node:sqlite'
import type { PipelineSummary } from '../../contract.ts'
import type { HourSpan } from '../../ledger-hour.ts'
import { startedAt, withSpan } from '../hour-spans.ts'

/** Adds to what a pipeline was asked to deliver; called inside a transaction. */
export function askFor(database: DatabaseSync, pipeline: number, span: HourSpan): void {
  write(database, pipeline, withSpan(read(database, pipeline), span))
}

/** Records that a pipeline which has delivered nothing yet must deliver everything from a time on; called inside a transaction. */
export function askFrom(database: DatabaseSync, pipeline: number, at: number): void {
  write(database, pipeline, startedAt(read(database, pipeline), at))
}

export function pipelineSummaries(database: DatabaseSync): PipelineSummary[] {
  const rows = database
    .prepare(`
      SELECT name, from_hour, until_hour FROM pipeline LEFT JOIN asked ON pipeline_id = id ORDER BY name, from_hour`)
    .all() as { name: string; from_hour: number | null; until_hour: number | null }[]
  const summaries = new Map<string, HourSpan[]>()
  for (const { name, from_hour: from, until_hour: until } of rows) {
    const asked = summaries.get(name) ?? []
    if (from !== null && until !== null) asked.push({ from, until })
    summaries.set(name, asked)
  }
  return [...summaries].map(([pipeline, asked]) => ({ pipeline, asked }))
}

function read(database: DatabaseSync, pipeline: number): HourSpan[] {
  const rows = database
    .prepare('SELECT from_hour, until_hour FROM asked WHERE pipeline_id = ? ORDER BY from_hour')
    .all(pipeline) as { from_hour: number; until_hour: number }[]
  return rows.map(({ from_hour: from, until_hour: until }) => ({ from, until }))
}

function write(database: DatabaseSync, pipeline: number, spans: readonly HourSpan[]): void {
  database.prepare('DELETE FROM asked WHERE pipeline_id = ?').run(pipeline)
  const insert = database.prepare('INSERT INTO asked (pipeline_id, from_hour, until_hour) VALUES (?, ?, ?)')
  for (const { from, until } of spans) insert.run(pipeline, from, until)
}

import type { DatabaseSync } from 'node:sqlite'

/** The tables whose rows refer to a pipeline. If one is missing here, the last statement fails. */
const tables = ['lane', 'known', 'ledger', 'quarantine', 'asked', 'note'] as const

/** Called inside a transaction. */
export function forgetPipeline(database: DatabaseSync, pipeline: number): void {
  for (const table of tables) database.prepare(`DELETE FROM ${table} WHERE pipeline_id = ?`).run(pipeline)
  database.prepare('DELETE FROM pipeline WHERE id = ?').run(pipeline)
}

import type { DatabaseSync } from 'node:sqlite'

/** By pipeline. */
export function readNotes(database: DatabaseSync, name: string): ReadonlyMap<string, string> {
  const rows = database
    .prepare(`
      SELECT pipeline.name AS pipeline, text FROM note JOIN pipeline ON pipeline.id = pipeline_id
      WHERE note.name = ? ORDER BY pipeline.name`)
    .all(name) as { pipeline: string; text: string }[]
  return new Map(rows.map(({ pipeline, text }) => [pipeline, text]))
}

/** Called inside a transaction. */
export function writeNote(database: DatabaseSync, pipeline: number, name: string, text: string): void {
  database
    .prepare('INSERT OR REPLACE INTO note (pipeline_id, name, text) VALUES (?, ?, ?)')
    .run(pipeline, name, text)
}

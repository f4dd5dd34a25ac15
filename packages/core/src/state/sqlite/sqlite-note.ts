import type { DatabaseSync } from 'node:sqlite'

/** The notes of one name, by pipeline. */
export function readNotes(database: DatabaseSync, name: string): ReadonlyMap<string, string> {
  const rows = database
    .prepare(`
      SELECT pipeline.name AS pipeline, text FROM note JOIN pipeline ON pipeline.id = pipeline_id
      WHERE note.name = ? ORDER BY pipeline.name`)
    .all(name) as { pipeline: string; text: string }[]
  return new Map(rows.map(({ pipeline, text }) => [pipeline, text]))
}

/** The notes of one pipeline, by name. */
export function readNotesOf(database: DatabaseSync, pipeline: string): ReadonlyMap<string, string> {
  const rows = database
    .prepare(`
      SELECT note.name AS name, text FROM note JOIN pipeline ON pipeline.id = pipeline_id
      WHERE pipeline.name = ? ORDER BY note.name`)
    .all(pipeline) as { name: string; text: string }[]
  return new Map(rows.map(({ name, text }) => [name, text]))
}

/** Called inside a transaction. A note without a text is removed. */
export function writeNotes(
  database: DatabaseSync,
  pipeline: number,
  notes: ReadonlyMap<string, string | undefined>,
): void {
  const write = database.prepare('INSERT OR REPLACE INTO note (pipeline_id, name, text) VALUES (?, ?, ?)')
  const remove = database.prepare('DELETE FROM note WHERE pipeline_id = ? AND name = ?')
  for (const [name, text] of notes) {
    if (text === undefined) remove.run(pipeline, name)
    else write.run(pipeline, name, text)
  }
}

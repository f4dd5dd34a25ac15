import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import {
  type ExportedRow,
  type ExportedTable,
  type ExportedValue,
  exportedColumns,
  exportedNotes,
  exportLines,
  pipelineExists,
  readExport,
} from '../export-lines.ts'
import { type ClaimLock, claimLock } from './claim-lock.ts'
import { askedByLedger, guarded, malformedByKind, openStateFile } from './sqlite-file.ts'

/** Reads over a connection of its own, in one transaction: a consistent picture that a runner does not disturb. */
export async function* exportSqlite(path: string): AsyncGenerator<string> {
  const database = guarded(path, () => openStateFile(path))
  try {
    database.exec('BEGIN')
    yield* exportLines(exportedRows(database))
  } finally {
    database.close()
  }
}

function* exportedRows(database: DatabaseSync): Generator<ExportedRow> {
  for (const [table, columns] of Object.entries(exportedColumns) as [ExportedTable, readonly string[]][]) {
    const rows = database
      .prepare(
        `SELECT pipeline.name AS pipeline, ${columns.map((column) => `${exact(table, column)} AS ${column}`).join(', ')}
         FROM ${rowsOf(table)}`,
      )
      .iterate() as IterableIterator<Record<string, ExportedValue>>
    for (const { pipeline, ...values } of rows) yield { pipeline: pipeline as string, table, values }
  }
}

/** A count of zero is left out, so that versions without this count can import the lines too. */
function rowsOf(table: ExportedTable): string {
  if (table === 'pipeline') return 'pipeline WHERE rejected_since > 0'
  const joined = `${table} JOIN pipeline ON pipeline.id = pipeline_id`
  return table === 'note' ? `${joined} WHERE note.name LIKE '${exportedNotes}%'` : joined
}

export async function importSqlite(
  database: DatabaseSync,
  path: string,
  lines: AsyncIterable<string>,
  change: <T>(work: () => T) => T,
): Promise<void> {
  const rows = await readExport(lines)
  const locks: ClaimLock[] = []
  try {
    for (const pipeline of new Set(rows.map((row) => row.pipeline))) locks.push(claimLock(path, pipeline))
    change(() => insert(database, rows))
  } finally {
    for (const lock of locks) lock.release()
  }
}

function insert(database: DatabaseSync, rows: readonly ExportedRow[]): void {
  const ids = new Map<string, number>()
  const addPipeline = database.prepare('INSERT INTO pipeline (name) VALUES (?) ON CONFLICT DO NOTHING')
  const find = database.prepare(`
    SELECT id, EXISTS (SELECT 1 FROM lane WHERE pipeline_id = id) AS started FROM pipeline WHERE name = ?`)
  for (const { pipeline } of rows) {
    if (ids.has(pipeline)) continue
    addPipeline.run(pipeline)
    const { id, started } = find.get(pipeline) as { id: number; started: number }
    if (started) throw pipelineExists(pipeline)
    database.prepare('DELETE FROM asked WHERE pipeline_id = ?').run(id)
    ids.set(pipeline, id)
  }
  for (const { pipeline, table, values } of rows) {
    if (table === 'pipeline') {
      const count = values['rejected_since'] ?? null
      database.prepare('UPDATE pipeline SET rejected_since = ? WHERE name = ?').run(count, pipeline)
      continue
    }
    const columns: readonly string[] = exportedColumns[table]
    const places = columns.map(() => '?').join(', ')
    database
      .prepare(
        `INSERT ${table === 'note' ? 'OR REPLACE ' : ''}INTO ${table} (pipeline_id, ${columns.join(', ')}) VALUES (?, ${places})`,
      )
      .run(ids.get(pipeline) ?? null, ...columns.map((column) => bound(column, values[column] ?? null)))
  }
  // Exports of earlier versions do not say what was asked for, and have another word for a kind.
  database.exec(askedByLedger + malformedByKind)
}

/** A sum of hashes has 64 bits, and a number in JSON cannot hold them exactly. */
function exact(table: ExportedTable, column: string): string {
  return column === 'checksum' ? `CAST(${table}.checksum AS TEXT)` : `${table}.${column}`
}

/** Ids and hashes are SQLite integers, and a JavaScript number would be bound as a real. */
function bound(column: string, one: ExportedValue): SQLInputValue {
  const isInteger = column === 'checksum' || (column === 'id' && typeof one === 'number')
  return isInteger && one !== null ? BigInt(one) : one
}

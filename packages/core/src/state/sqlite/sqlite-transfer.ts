import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import {
  type ExportedRow,
  type ExportedTable,
  type ExportedValue,
  exportedColumns,
  exportedNotes,
  exportLines,
  pipelineExists,
  takeExport,
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

/**
 * Imports over a connection of its own, in one transaction: only the last line shows whether the export is whole. Other processes that
 * want to write meanwhile wait, and then try again.
 */
export async function importSqlite(
  path: string,
  lines: AsyncIterable<string>,
  requirePresence: () => void,
): Promise<void> {
  const database = guarded(path, () => openStateFile(path))
  const locks: ClaimLock[] = []
  try {
    guarded(path, () => database.exec('BEGIN IMMEDIATE'))
    const insert = inserter(database, (pipeline) => locks.push(claimLock(path, pipeline)))
    await takeExport(lines, (rows) => guarded(path, () => insert(rows)))
    guarded(path, () => {
      // Exports of earlier versions do not say what was asked for, and have another word for a kind.
      database.exec(askedByLedger + malformedByKind)
      requirePresence()
      database.exec('COMMIT')
    })
  } finally {
    // Its end is the end of the transaction.
    database.close()
    for (const lock of locks) lock.release()
  }
}

/** Adds rows of an export. `lock` takes the lock of a pipeline before its first row. */
function inserter(
  database: DatabaseSync,
  lock: (pipeline: string) => void,
): (rows: readonly ExportedRow[]) => void {
  const ids = new Map<string, number>()
  const addPipeline = database.prepare('INSERT INTO pipeline (name) VALUES (?) ON CONFLICT DO NOTHING')
  const find = database.prepare(`
    SELECT id, EXISTS (SELECT 1 FROM lane WHERE pipeline_id = id) AS started FROM pipeline WHERE name = ?`)
  const forgetAsked = database.prepare('DELETE FROM asked WHERE pipeline_id = ?')
  const countRejected = database.prepare('UPDATE pipeline SET rejected_since = ? WHERE id = ?')
  const inserts = new Map<ExportedTable, StatementSync>()

  function idOf(pipeline: string): number {
    const known = ids.get(pipeline)
    if (known !== undefined) return known
    lock(pipeline)
    addPipeline.run(pipeline)
    const { id, started } = find.get(pipeline) as { id: number; started: number }
    if (started) throw pipelineExists(pipeline)
    forgetAsked.run(id)
    ids.set(pipeline, id)
    return id
  }

  function insertInto(table: ExportedTable): StatementSync {
    const columns: readonly string[] = exportedColumns[table]
    const places = columns.map(() => '?').join(', ')
    const verb = table === 'note' ? 'INSERT OR REPLACE' : 'INSERT'
    const insert =
      inserts.get(table) ??
      database.prepare(`${verb} INTO ${table} (pipeline_id, ${columns.join(', ')}) VALUES (?, ${places})`)
    inserts.set(table, insert)
    return insert
  }

  return (rows) => {
    for (const { pipeline, table, values } of rows) {
      const id = idOf(pipeline)
      const columns: readonly string[] = exportedColumns[table]
      const given = columns.map((column) => bound(column, values[column] ?? null))
      if (table === 'pipeline') countRejected.run(...given, id)
      else insertInto(table).run(id, ...given)
    }
  }
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

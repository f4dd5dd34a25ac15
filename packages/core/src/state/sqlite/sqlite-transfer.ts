import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import * as z from 'zod'
import { type Fault, fault } from '../../fault.ts'
import { type ClaimLock, claimLock } from './claim-lock.ts'
import { askedByLedger, guarded, malformedByKind, openStateFile } from './sqlite-file.ts'

/** The first and the last line of an export. Without the last line it was cut short on the way. */
const begin = { asana_audit_state: 1 }
const end = { end: true }

/** The columns that an export holds, by table and in this order. */
const tables = {
  pipeline: ['rejected_since'],
  lane: ['name', 'fingerprint', 'cursor', 'delivered', 'quarantined', 'newest', 'committed_at', 'read_by'],
  asked: ['from_hour', 'until_hour'],
  known: ['id', 'at', 'lane'],
  ledger: ['hour', 'kind', 'count', 'checksum'],
  quarantine: ['kind', 'event_id', 'code', 'reason', 'event', 'quarantined_at'],
} as const

type Table = keyof typeof tables

/** The last column of its table. It is left out if it is null; exports of earlier versions never have it. */
const optional = 'read_by'

const value = z.union([z.string(), z.number(), z.null()])
const exported = z.object({
  pipeline: z.string(),
  table: z.enum(Object.keys(tables) as [Table, ...Table[]]),
  row: z.array(value),
})

/** Reads over a connection of its own, in one transaction: a consistent picture that a runner does not disturb. */
export async function* exportLines(path: string): AsyncGenerator<string> {
  const database = guarded(path, () => openStateFile(path))
  try {
    database.exec('BEGIN')
    yield JSON.stringify(begin)
    for (const [table, columns] of Object.entries(tables)) {
      const rows = database
        .prepare(
          `SELECT pipeline.name AS pipeline, ${columns.map((column) => `${exact(table, column)} AS ${column}`).join(', ')}
           FROM ${rowsOf(table)}`,
        )
        .iterate() as IterableIterator<Record<string, string | number | null>>
      for (const row of rows) {
        const values = columns.filter((column) => column !== optional || row[column] !== null)
        yield JSON.stringify({ pipeline: row['pipeline'], table, row: values.map((column) => row[column]) })
      }
    }
    yield JSON.stringify(end)
  } finally {
    database.close()
  }
}

/** A count of zero is left out, so that versions without this count can import the lines too. */
function rowsOf(table: string): string {
  return table === 'pipeline'
    ? 'pipeline WHERE rejected_since > 0'
    : `${table} JOIN pipeline ON pipeline.id = pipeline_id`
}

export async function importLines(
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

async function readExport(lines: AsyncIterable<string>): Promise<z.output<typeof exported>[]> {
  const rows: z.output<typeof exported>[] = []
  let last: unknown
  let number = 0
  for await (const line of lines) {
    number += 1
    last = read(line, number)
    if (number === 1) {
      if (JSON.stringify(last) !== JSON.stringify(begin))
        throw notAnExport('its first line is not that of an export')
    } else if (JSON.stringify(last) !== JSON.stringify(end)) {
      const parsed = exported.safeParse(last)
      if (!parsed.success) throw notAnExport(`line ${number} is not a row`)
      rows.push(parsed.data)
    }
  }
  if (JSON.stringify(last) !== JSON.stringify(end)) throw notAnExport('it is cut short')
  return rows
}

function read(line: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw notAnExport(`line ${number} is not JSON`)
  }
}

function insert(database: DatabaseSync, rows: readonly z.output<typeof exported>[]): void {
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
  for (const { pipeline, table, row } of rows) {
    const all: readonly string[] = tables[table]
    const columns = row.length < all.length && all.at(-1) === optional ? all.slice(0, -1) : all
    if (row.length !== columns.length) throw notAnExport(`a row of ${table} has ${row.length} values`)
    if (table === 'pipeline') {
      const [rejectedSince] = row
      if (typeof rejectedSince !== 'number') throw notAnExport(`a row of ${table} has no count`)
      database.prepare('UPDATE pipeline SET rejected_since = ? WHERE name = ?').run(rejectedSince, pipeline)
      continue
    }
    const places = columns.map(() => '?').join(', ')
    const values = row.map((one, index) => bound(columns[index], one))
    database
      .prepare(`INSERT INTO ${table} (pipeline_id, ${columns.join(', ')}) VALUES (?, ${places})`)
      .run(ids.get(pipeline) ?? null, ...values)
  }
  // Exports of earlier versions do not say what was asked for, and have another word for a kind.
  database.exec(askedByLedger + malformedByKind)
}

/** A sum of hashes has 64 bits, and a number in JSON cannot hold them exactly. */
function exact(table: Table | string, column: string): string {
  return column === 'checksum' ? `CAST(${table}.checksum AS TEXT)` : `${table}.${column}`
}

/** Ids and hashes are SQLite integers, and a JavaScript number would be bound as a real. */
function bound(column: string | undefined, one: string | number | null): SQLInputValue {
  const isInteger = column === 'checksum' || (column === 'id' && typeof one === 'number')
  return isInteger && one !== null ? BigInt(one) : one
}

function notAnExport(why: string): Fault {
  const message = `This is not a complete export of a state: ${why}. Export it again with state export.`
  return fault({ fault: 'fatal', code: 'not_an_export', message })
}

function pipelineExists(pipeline: string): Fault {
  const message = `The state already has a position for the pipeline "${pipeline}". Import into a new state.`
  return fault({ fault: 'fatal', code: 'pipeline_exists', message })
}

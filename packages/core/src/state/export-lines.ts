import { createHash, type Hash } from 'node:crypto'
import * as z from 'zod'
import { type Fault, fault } from '../fault.ts'

/** The first line of an export. */
const begin = { asana_audit_state: 1 }

/** The columns that an export holds, by table and in this order. All kinds of states write the same. */
export const exportedColumns = {
  pipeline: ['rejected_since'],
  lane: ['name', 'fingerprint', 'cursor', 'delivered', 'quarantined', 'newest', 'committed_at', 'read_by'],
  asked: ['from_hour', 'until_hour'],
  known: ['id', 'at', 'lane'],
  ledger: ['hour', 'kind', 'count', 'checksum', 'content', 'content_form'],
  quarantine: ['kind', 'event_id', 'code', 'reason', 'event', 'quarantined_at', 'counted_in'],
  note: ['name', 'text'],
} as const

/** An export has only the notes whose names begin with this. They say how far something has come, not what a watcher remembers. */
export const exportedNotes = 'position.'

export type ExportedTable = keyof typeof exportedColumns
export type ExportedValue = string | number | null

/** The last columns of their tables. A row leaves all of them out if they are null. Exports of earlier versions never have them. */
const optional: ReadonlySet<string> = new Set(['read_by', 'content', 'content_form', 'counted_in'])

/**
 * The last line. Without it the export was cut short on the way. `rows` tells how many rows each table has, so that a line lost in the
 * middle is noticed too, and can be named. `sha256` is of all lines before, so that a changed value is noticed. Exports of earlier versions
 * have neither, or `rows` alone.
 */
const exportEnd = z.strictObject({
  end: z.literal(true),
  rows: z.record(z.string(), z.number()).optional(),
  sha256: z.string().optional(),
})

const value = z.union([z.string(), z.number(), z.null()])
const exportedRow = z.object({
  pipeline: z.string(),
  table: z.enum(Object.keys(exportedColumns) as [ExportedTable, ...ExportedTable[]]),
  row: z.array(value),
})

/** One row of a table, with a value for each of its columns. */
export interface ExportedRow {
  readonly pipeline: string
  readonly table: ExportedTable
  readonly values: Readonly<Record<string, ExportedValue>>
}

/** The lines of an export: a first line, the rows, and a last line. */
export async function* exportLines(
  rows: AsyncIterable<ExportedRow> | Iterable<ExportedRow>,
): AsyncGenerator<string> {
  const sum = createHash('sha256')
  /** Adds a line to the checksum. */
  const added = (one: unknown): string => {
    const line = JSON.stringify(one)
    addTo(sum, line)
    return line
  }
  yield added(begin)
  const counts = new Map<string, number>()
  for await (const { pipeline, table, values } of rows) {
    const columns = exportedColumns[table].filter(
      (column) => !optional.has(column) || values[column] !== null,
    )
    yield added({ pipeline, table, row: columns.map((column) => values[column]) })
    counts.set(table, (counts.get(table) ?? 0) + 1)
  }
  yield JSON.stringify({ end: true, rows: Object.fromEntries(counts), sha256: sum.digest('hex') })
}

/** `line`: as JSON.stringify writes it. */
function addTo(sum: Hash, line: string): void {
  sum.update(`${line}\n`)
}

/** Rows that are read or written at once, and how long their lines are together: an event in quarantine may be large. */
export const rowsAtOnce = 1_000
const charactersAtOnce = 1_000_000

/**
 * Gives the rows of an export in groups, so that a large one need not fit into memory. Only its last line shows whether the export is whole, so
 * `take` must undo everything if this rejects: with a fatal `not_an_export`, or with what `take` threw. A changed value may be the reason why
 * `take` fails, so the rest is read all the same, and `not_an_export` goes first.
 */
export async function takeExport(
  lines: AsyncIterable<string>,
  take: (rows: readonly ExportedRow[]) => Promise<void> | void,
): Promise<void> {
  let failed: { readonly error: unknown } | undefined
  for await (const rows of readExport(lines)) {
    if (failed) continue
    try {
      await take(rows)
    } catch (error) {
      failed = { error }
    }
  }
  if (failed) throw failed.error
}

async function* readExport(lines: AsyncIterable<string>): AsyncGenerator<readonly ExportedRow[]> {
  const counts = new Map<string, number>()
  let rows: ExportedRow[] = []
  let characters = 0
  let end: z.output<typeof exportEnd> | undefined
  let number = 0
  const sum = createHash('sha256')
  for await (const line of lines) {
    number += 1
    if (end) throw notAnExport(`line ${number} comes after the last line of an export`)
    const one = read(line, number)
    end = number === 1 ? undefined : exportEnd.safeParse(one).data
    if (end) continue
    // A printed line may escape more characters than the line that was counted. Its value is the same.
    addTo(sum, JSON.stringify(one))
    if (number === 1) {
      if (JSON.stringify(one) !== JSON.stringify(begin))
        throw notAnExport('its first line is not that of an export')
      continue
    }
    const parsed = exportedRow.safeParse(one)
    if (!parsed.success) throw notAnExport(`line ${number} is not a row`)
    const row = named(parsed.data)
    counts.set(row.table, (counts.get(row.table) ?? 0) + 1)
    rows.push(row)
    characters += line.length
    if (rows.length < rowsAtOnce && characters < charactersAtOnce) continue
    yield rows
    rows = []
    characters = 0
  }
  if (!end) throw notAnExport('it is cut short')
  if (end.rows) requireCounts(counts, end.rows)
  if (end.sha256 !== undefined && end.sha256 !== sum.digest('hex')) throw changedOnTheWay()
  if (rows.length > 0) yield rows
}

/** Every table must have as many rows as its export wrote. */
function requireCounts(counts: ReadonlyMap<string, number>, written: Readonly<Record<string, number>>): void {
  const differences = Object.keys(exportedColumns).flatMap((table) => {
    const has = counts.get(table) ?? 0
    const had = written[table] ?? 0
    return has === had ? [] : [`${has.toLocaleString('en')} of ${had.toLocaleString('en')} rows of ${table}`]
  })
  if (differences.length > 0) throw notAnExport(`it has ${differences.join(' and ')}`)
}

function read(line: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw notAnExport(`line ${number} is not JSON`)
  }
}

function named({ pipeline, table, row }: z.output<typeof exportedRow>): ExportedRow {
  const columns: readonly string[] = exportedColumns[table]
  const needed = columns.filter((column) => !optional.has(column)).length
  if (row.length !== columns.length && row.length !== needed)
    throw notAnExport(`a row of ${table} has ${row.length} values`)
  const values = Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]))
  if (table === 'pipeline' && typeof values['rejected_since'] !== 'number')
    throw notAnExport(`a row of ${table} has no count`)
  return { pipeline, table, values }
}

function notAnExport(why: string): Fault {
  const message = `This is not a complete export of a state: ${why}. Export it again with state export.`
  return fault({ fault: 'fatal', code: 'not_an_export', message })
}

function changedOnTheWay(): Fault {
  const message =
    'The export of the state is not as it was written: something in its lines was changed since, because their checksum is not the one in the last line. Nothing was imported. Export the state again with state export.'
  return fault({ fault: 'fatal', code: 'not_an_export', message })
}

export function pipelineExists(pipeline: string): Fault {
  const message = `The state already has a position for the pipeline "${pipeline}". Import into a new state.`
  return fault({ fault: 'fatal', code: 'pipeline_exists', message })
}

import { hourMs } from '../../duration.ts'
import {
  type ExportedRow,
  type ExportedTable,
  type ExportedValue,
  exportedColumns,
  exportedNotes,
  exportLines,
  pipelineExists,
  rowsAtOnce,
  takeExport,
} from '../export-lines.ts'
import { openEnd } from '../hour-spans.ts'
import { wholeNumber } from '../known-id.ts'
import { alreadyRunning } from '../state-faults.ts'
import { type PostgresClient, type PostgresPool, rowsOf } from './connection/postgres-client.ts'
import { guarded } from './connection/postgres-faults.ts'
import { storable, stored } from './connection/postgres-text.ts'
import { pipelineIdOf } from './pipeline-rows.ts'
import { signed, unsigned } from './tables/postgres-ledger.ts'
import { utc } from './tables/postgres-quarantine.ts'

/** Columns of numbers, and columns of texts with any content: in the table their values have another form than in an export. */
const numbers = new Set([
  'rejected_since',
  'delivered',
  'quarantined',
  'from_hour',
  'until_hour',
  'at',
  'hour',
  'count',
  'content',
  'counted_in',
])
const texts = new Set(['cursor', 'event_id', 'code', 'reason', 'text'])

/** A consistent picture: a transaction that sees one moment. It may wait for its reader as long as that takes. */
export async function* exportState(pool: PostgresPool, place: string): AsyncGenerator<string> {
  const client = await guarded(place, () => pool.connect())
  // A connection that ends between two queries makes the next one reject.
  client.on('error', () => {})
  const rows = exportedRows(client)
  const next = (): Promise<IteratorResult<ExportedRow, void>> => guarded(place, () => rows.next())
  try {
    await guarded(place, () => client.query('begin isolation level repeatable read read only'))
    yield* exportLines({ [Symbol.asyncIterator]: () => ({ next }) })
  } finally {
    // Its end is the end of the transaction.
    client.release(true)
  }
}

export interface ImportInto {
  /** A function that gives the lock of a pipeline back; undefined if somebody has it. */
  readonly lockOf: (pipelineId: number) => Promise<(() => Promise<void>) | undefined>
  readonly change: <T>(work: (client: PostgresClient) => Promise<T>) => Promise<T>
}

/** Takes the lines of an export in one transaction, all or nothing, while nobody runs its pipelines. */
export async function importState(
  lines: AsyncIterable<string>,
  { lockOf, change }: ImportInto,
): Promise<void> {
  const unlocks: (() => Promise<void>)[] = []
  async function lock(pipelineId: number, pipeline: string): Promise<void> {
    const unlock = await lockOf(pipelineId)
    if (!unlock) throw alreadyRunning(pipeline)
    unlocks.push(unlock)
  }
  try {
    await change(async (client) => {
      // Whoever sends the lines may be slow, or stand still for a while. Only pipelines that nobody runs wait for this transaction.
      await client.query("set local idle_in_transaction_session_timeout = '10min'")
      const { insert, end } = inserter(client, lock)
      await takeExport(lines, insert)
      await end()
    })
  } finally {
    for (const unlock of unlocks) await unlock()
  }
}

async function* exportedRows(client: PostgresClient): AsyncGenerator<ExportedRow> {
  for (const [table, columns] of Object.entries(exportedColumns) as [ExportedTable, readonly string[]][]) {
    const selected = columns.map((column) => `${selectedAs(table, column)} as "${column}"`)
    await client.query(
      `declare exported no scroll cursor for
       select pipeline.name as pipeline, ${selected.join(', ')} from ${tableOf(table)}`,
    )
    for (;;) {
      const rows = await rowsOf<{ pipeline: string } & Record<string, string | null>>(
        client,
        `fetch ${rowsAtOnce} from exported`,
      )
      for (const { pipeline, ...row } of rows) {
        const values = Object.entries(row).map(([column, value]) => [column, exported(column, value)])
        yield { pipeline, table, values: Object.fromEntries(values) }
      }
      if (rows.length < rowsAtOnce) break
    }
    await client.query('close exported')
  }
}

/** Leaves out dropped lanes. Leaves out counts of zero too, so that earlier versions can import the lines. */
function tableOf(table: ExportedTable): string {
  if (table === 'pipeline') return 'asana_audit.pipeline where rejected_since > 0'
  const joined = `asana_audit.${table} join asana_audit.pipeline on pipeline.id = ${table}.pipeline_id`
  if (table === 'lane') return `${joined} where cursor is not null`
  if (table === 'note') return `${joined} where note.name like '${exportedNotes}%'`
  return table === 'quarantine' ? `${joined} order by number` : joined
}

function selectedAs(table: ExportedTable, column: string): string {
  if (column === 'newest') return '(extract(epoch from newest) * 1000)::bigint::text'
  if (column === 'committed_at' || column === 'quarantined_at') return utc(column)
  return `${table}.${column}::text`
}

function exported(column: string, value: string | null): ExportedValue {
  if (value === null) return null
  if (column === 'checksum') return String(signed(value))
  if (column === 'id') return wholeNumber(value) ?? stored(value)
  if (texts.has(column)) return stored(value)
  return numbers.has(column) || column === 'newest' ? Number(value) : value
}

interface Inserter {
  /** Adds rows of an export. */
  insert(rows: readonly ExportedRow[]): Promise<void>
  /** Call it after all rows. */
  end(): Promise<void>
}

/** In a transaction. `lock` takes the lock of a pipeline before its first row, and throws if somebody has it. */
function inserter(
  client: PostgresClient,
  lock: (pipelineId: number, pipeline: string) => Promise<void>,
): Inserter {
  const ids = new Map<string, number>()

  async function begin(pipeline: string): Promise<void> {
    const id = await pipelineIdOf(client, pipeline)
    await lock(id, pipeline)
    const [started] = await rowsOf(
      client,
      'select from asana_audit.lane where pipeline_id = $1 and cursor is not null limit 1',
      [id],
    )
    if (started) throw pipelineExists(pipeline)
    await client.query('delete from asana_audit.asked where pipeline_id = $1', [id])
    ids.set(pipeline, id)
  }

  return {
    async insert(rows) {
      for (const { pipeline } of rows) if (!ids.has(pipeline)) await begin(pipeline)
      for (const [table, columns] of Object.entries(exportedColumns) as [
        ExportedTable,
        readonly string[],
      ][]) {
        const ofTable = rows.filter((row) => row.table === table)
        if (ofTable.length === 0) continue
        const pipelineIds = ofTable.map(({ pipeline }) => ids.get(pipeline))
        const values = columns.map((column) =>
          ofTable.map((row) => imported(column, row.values[column] ?? null)),
        )
        await client.query(insertion(table, columns), [pipelineIds, ...values])
      }
    },
    end: async () => void (await client.query(askedByLedger, [[...ids.values()]])),
  }
}

function insertion(table: ExportedTable, columns: readonly string[]): string {
  const given = `unnest($1::int[], ${columns.map((column, index) => `$${index + 2}::${typeOf(column)}[]`).join(', ')})
    with ordinality as given (pipeline_id, ${columns.join(', ')}, place)`
  if (table === 'pipeline') {
    return `update asana_audit.pipeline set rejected_since = given.rejected_since from ${given} where id = given.pipeline_id`
  }
  const [into, values] =
    table === 'lane'
      ? [
          ['version', ...columns],
          ['1', ...columns.map((column) => (column === 'newest' ? 'to_timestamp(newest / 1000.0)' : column))],
        ]
      : [columns, columns]
  // A lane that was dropped left its row, and a note needs no lane.
  const version = table === 'lane' ? 'version = lane.version + 1, ' : ''
  const end =
    table === 'lane' || table === 'note'
      ? ` on conflict (pipeline_id, name) do update set ${version}${overwritten(columns)}`
      : ''
  return `insert into asana_audit.${table} (pipeline_id, ${into.join(', ')}) select pipeline_id, ${values.join(', ')} from ${given}
    order by place${end}`
}

function overwritten(columns: readonly string[]): string {
  return columns.map((column) => `${column} = excluded.${column}`).join(', ')
}

function typeOf(column: string): string {
  if (column === 'checksum') return 'numeric'
  if (column === 'committed_at' || column === 'quarantined_at') return 'timestamptz'
  return numbers.has(column) || column === 'newest' ? 'bigint' : 'text'
}

function imported(column: string, value: ExportedValue): ExportedValue {
  if (value === null) return null
  if (column === 'checksum') return unsigned(BigInt(value))
  if (column === 'id') return storable(String(value))
  // The word of exports of earlier versions.
  if (column === 'kind') return value === 'refused' ? 'malformed' : value
  return texts.has(column) && typeof value === 'string' ? storable(value) : value
}

/** Exports of earlier versions do not say what was asked for: everything after the first hour of the ledger. */
const askedByLedger = `
  insert into asana_audit.asked (pipeline_id, from_hour, until_hour)
  select pipeline_id, min(hour) + ${hourMs}, ${openEnd} from asana_audit.ledger
  where pipeline_id = any($1::int[]) and pipeline_id not in (select pipeline_id from asana_audit.asked) group by pipeline_id`

import { setImmediate as nextTurn } from 'node:timers/promises'
import { zstdCompressSync } from 'node:zlib'
import type { SchemaElement } from 'hyparquet'
import type { Column } from './columns.ts'

export interface ParquetTable<Row> {
  /** The fixed columns: they never depend on the rows. */
  readonly columns: readonly Column<Row>[]
  readonly rows: Iterable<Row>
  /** Kept in the file, beside the schema. */
  readonly metadata: Readonly<Record<string, string>>
}

/** Rows that are encoded at once. Between two such groups, others get their turn. */
const groupRows = 20_000

/** A whole file of Parquet, compressed with zstd. */
export async function writeParquet<Row>({ columns, rows, metadata }: ParquetTable<Row>): Promise<Uint8Array> {
  // Loaded for an archive that has Parquet.
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer')
  const writer = new ByteWriter()
  const file = new ParquetWriter({
    ...{ writer, schema: schemaOf(columns) },
    ...({ codec: 'ZSTD', compressors: { ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes) } } as const),
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  })
  for (const group of groupsOf(rows)) {
    const columnData = columns.map(({ elements: [{ name }], value }) => ({
      name,
      data: group.map(value),
    }))
    await file.write({ columnData, rowGroupSize: groupRows })
    await nextTurn()
  }
  await file.finish()
  return writer.getBytes()
}

function* groupsOf<Row>(rows: Iterable<Row>): Generator<readonly Row[]> {
  let group: Row[] = []
  for (const row of rows) {
    group.push(row)
    if (group.length < groupRows) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

function schemaOf<Row>(columns: readonly Column<Row>[]): SchemaElement[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.flatMap(({ elements }) => elements)]
}

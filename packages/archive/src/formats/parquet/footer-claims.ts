import type { ColumnChunk, FileMetaData } from 'hyparquet'
import { endOfStruct } from './thrift-bounds.ts'
import { most, thanAnyObject, UnfitParquet } from './unfit-parquet.ts'

/** A file ends with the length of its footer and four letters, and begins with the same four letters. */
const endBytes = 8
const beginBytes = 4

/**
 * The footer of a file. Throws an UnfitParquet if what it claims does not fit the size of the file or our limits: a reader allocates by these
 * claims. Throws another Error for bytes that are not Parquet.
 */
export async function checkedFooter(bytes: Uint8Array): Promise<FileMetaData> {
  const { parquetMetadata } = await import('hyparquet')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(view.byteLength - endBytes, true)
  if (String.fromCharCode(...bytes.subarray(-4)) !== 'PAR1') throw new Error('no Parquet')
  if (length > bytes.length - endBytes - beginBytes)
    throw new UnfitParquet(`its footer claims ${length} bytes, and the object has ${bytes.length}`)
  if (length > most.footerBytes) throw new UnfitParquet(`its footer has ${length} bytes, ${thanAnyObject}`)
  const start = bytes.length - endBytes - length
  endOfStruct(new DataView(bytes.buffer, bytes.byteOffset + start, length), 0)
  // Do not read geographic metadata: only other programs write it.
  const footer = parquetMetadata(bytes.subarray(start), { geoparquet: false })
  checkRows(footer)
  checkChunks(footer, bytes.length)
  return footer
}

function checkRows({ row_groups: groups, num_rows: claimed, schema }: FileMetaData): void {
  // The decoder of this type trusts the lengths inside of values.
  if (schema.some(({ logical_type: logical }) => logical?.type === 'VARIANT'))
    throw new UnfitParquet('it has a column of a type that no object of an archive has')
  const rows = groups.reduce((sum, group) => sum + atLeastNone(group.num_rows), 0n)
  if (rows > BigInt(most.rows)) throw new UnfitParquet(`its footer claims ${rows} rows, ${thanAnyObject}`)
  if (rows !== claimed)
    throw new UnfitParquet(`its footer claims ${claimed} rows in all, and ${rows} in its parts`)
}

function checkChunks({ row_groups: groups }: FileMetaData, size: number): void {
  let stored = 0n
  for (const { columns, num_rows: rows } of groups) {
    for (const chunk of columns) {
      const { path_in_schema: path, num_values: values } = chunkFacts(chunk)
      const [from, until] = placeOf(chunk)
      if (until > BigInt(size)) throw new UnfitParquet('its footer claims a column after its end')
      stored += until - from
      const isFlat = path.length === 1
      if (values > BigInt(most.rows))
        throw new UnfitParquet(`a column claims ${values} values, ${thanAnyObject}`)
      // A list may have several values in a row, and a row has one at least, if only to say that there is none.
      if (isFlat ? values !== rows : values < rows)
        throw new UnfitParquet(`its footer claims ${rows} rows, and a column of them with ${values} values`)
    }
  }
  if (stored > BigInt(size)) throw new UnfitParquet('its columns claim more bytes than it has')
}

type ChunkFacts = NonNullable<ColumnChunk['meta_data']>

export function chunkFacts({ meta_data: facts }: ColumnChunk): ChunkFacts {
  if (!facts) throw new UnfitParquet('its footer says nothing of a column')
  return facts
}

/** Where the pages of a column begin and end in the file. */
export function placeOf(chunk: ColumnChunk): readonly [from: bigint, until: bigint] {
  const { dictionary_page_offset, data_page_offset, total_compressed_size } = chunkFacts(chunk)
  const from = atLeastNone(dictionary_page_offset || data_page_offset)
  return [from, from + atLeastNone(total_compressed_size)]
}

function atLeastNone(claimed: bigint): bigint {
  if (claimed < 0n) throw new UnfitParquet('its footer claims less than nothing')
  return claimed
}

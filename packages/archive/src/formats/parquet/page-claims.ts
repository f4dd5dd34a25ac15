import type { FileMetaData, PageHeader } from 'hyparquet'
import { chunkFacts, placeOf } from './footer-claims.ts'
import { checkRuns } from './run-claims.ts'
import { endOfStruct } from './thrift-bounds.ts'
import { most, thanAnyObject, UnfitParquet } from './unfit-parquet.ts'

/** Gives back the decompressed bytes of a page, of this size at most. */
export type Unpack = (page: Uint8Array, size: number) => Uint8Array

interface Chunk {
  readonly isPacked: boolean
  /** How many bits a level takes; 0: there are none. */
  readonly repetitionBits: number
  readonly definitionBits: number
}

/**
 * Throws an UnfitParquet if a page of these columns claims more than its bytes, its header or the footer allow. Then the reader of Parquet can
 * be trusted with them: it believes what pages say. Throws other Errors for bytes that cannot be read.
 */
export async function checkPages(
  bytes: Uint8Array,
  footer: FileMetaData,
  columns: readonly string[] | undefined,
  unpack: Unpack,
): Promise<void> {
  const { parquetSchema } = await import('hyparquet')
  const { parquetHeader } = await import('hyparquet/src/column.js')
  const { getTreePath, getMaxDefinitionLevel, getMaxRepetitionLevel } = await import(
    'hyparquet/src/schema.js'
  )
  const tree = parquetSchema(footer)
  let [allBytes, allValues] = [0, 0]
  for (const one of footer.row_groups.flatMap((group) => group.columns)) {
    const facts = chunkFacts(one)
    if (columns && !columns.includes(facts.path_in_schema[0]!)) continue
    if (facts.codec !== 'ZSTD' && facts.codec !== 'UNCOMPRESSED')
      throw new UnfitParquet(`it is compressed with ${facts.codec}, as no object of an archive is`)
    const path = getTreePath(tree, facts.path_in_schema)
    const chunk = {
      isPacked: facts.codec === 'ZSTD',
      repetitionBits: bitsOf(getMaxRepetitionLevel(path)),
      definitionBits: bitsOf(getMaxDefinitionLevel(path)),
    }
    const [from, until] = placeOf(one).map(Number) as [number, number]
    const view = new DataView(bytes.buffer, bytes.byteOffset, until)
    let values = 0
    // The reader does the same: it takes a single last byte for no page.
    for (let at = from; at < until - 1; ) {
      endOfStruct(view, at)
      const reader = { view, offset: at }
      const header = parquetHeader(reader)
      at = reader.offset + within(header.compressed_page_size, until - reader.offset)
      allBytes += within(header.uncompressed_page_size, most.pageBytes)
      if (allBytes > most.bytes) throw new UnfitParquet(`its pages claim ${allBytes} bytes, ${thanAnyObject}`)
      values += checkPage(header, bytes.subarray(reader.offset, at), chunk, unpack)
    }
    allValues += values
    if (BigInt(values) !== facts.num_values)
      throw new UnfitParquet(
        `its footer claims ${facts.num_values} values of a column whose pages have ${values}`,
      )
    if (allValues > most.values) throw new UnfitParquet(`it claims ${allValues} values, ${thanAnyObject}`)
  }
}

/** Returns how many values the page claims. */
function checkPage(header: PageHeader, page: Uint8Array, chunk: Chunk, unpack: Unpack): number {
  const { type, uncompressed_page_size: size } = header
  if (type === 'DICTIONARY_PAGE') {
    // Each takes four bytes at least.
    within(header.dictionary_page_header?.num_values, size / 4)
    return 0
  }
  if (type === 'DATA_PAGE') return checkFirstForm(header, chunk.isPacked ? unpack(page, size) : page, chunk)
  if (type === 'DATA_PAGE_V2') return checkSecondForm(header, page, chunk, unpack)
  throw new UnfitParquet('it has a page of a kind that no object of an archive has')
}

/** Levels and values are compressed together. Before the levels stands how many bytes they take. */
function checkFirstForm({ data_page_header: head }: PageHeader, page: Uint8Array, chunk: Chunk): number {
  const count = within(head?.num_values, most.rows)
  let at = 0
  for (const bits of [chunk.repetitionBits, chunk.definitionBits]) {
    if (bits === 0) continue
    checkRuns(page, at + 4, bits, count)
    const length = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(at, true)
    at += 4 + within(length, page.length - at - 4)
  }
  checkValues(head?.encoding, page.subarray(at), count)
  return count
}

/** Only the values are compressed. */
function checkSecondForm(
  { data_page_header_v2: head, uncompressed_page_size: size }: PageHeader,
  page: Uint8Array,
  chunk: Chunk,
  unpack: Unpack,
): number {
  const count = within(head?.num_values, most.rows)
  within(head?.num_nulls, count)
  const repetition = within(head?.repetition_levels_byte_length, page.length)
  const definition = within(head?.definition_levels_byte_length, page.length - repetition)
  if (chunk.repetitionBits > 0) checkRuns(page, 0, chunk.repetitionBits, count)
  if (chunk.definitionBits > 0) checkRuns(page, repetition, chunk.definitionBits, count)
  // What the values themselves say of their number is in their bytes.
  if (head?.encoding === 'PLAIN') return count
  const values = page.subarray(repetition + (chunk.definitionBits > 0 ? definition : 0))
  const isPacked = chunk.isPacked && head?.is_compressed !== false
  checkValues(head?.encoding, isPacked ? unpack(values, size - repetition - definition) : values, count)
  return count
}

function checkValues(encoding: string | undefined, values: Uint8Array, count: number): void {
  if (encoding === 'PLAIN') return
  if (encoding !== 'RLE_DICTIONARY' && encoding !== 'PLAIN_DICTIONARY')
    throw new UnfitParquet(`it has values as ${encoding}, as no object of an archive has`)
  const [bits = 0] = values
  checkRuns(values, 1, within(bits, 32), count)
}

/** A number that a header claims. */
function within(claimed: number | undefined, limit: number): number {
  if (Number.isInteger(claimed) && claimed! >= 0 && claimed! <= limit) return claimed!
  throw new UnfitParquet(`a page claims ${claimed} where ${limit} at most can be`)
}

function bitsOf(level: number): number {
  return 32 - Math.clz32(level)
}

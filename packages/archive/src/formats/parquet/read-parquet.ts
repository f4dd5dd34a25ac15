import { zstdDecompressSync } from 'node:zlib'
import { checkedFooter } from './footer-claims.ts'
import { checkPages } from './page-claims.ts'

/** As it is stored: the decoder that hyparquet has removes a byte order mark, which a name may begin with. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The rows of a file with these columns, or with all. Times are microseconds since 1970. Rejects for anything but a whole file; with an
 * UnfitParquet if the file claims more than it can hold.
 */
export async function readParquet(
  bytes: Uint8Array,
  columns?: readonly string[],
): Promise<Record<string, unknown>[]> {
  // Loaded for an archive that has Parquet.
  const { parquetReadObjects } = await import('hyparquet')
  const metadata = await checkedFooter(bytes)
  await checkPages(bytes, metadata, columns, unpack)
  const { buffer, byteOffset, byteLength } = bytes
  const file = {
    byteLength,
    slice: (start: number, end = byteLength) =>
      buffer.slice(byteOffset + start, byteOffset + end) as ArrayBuffer,
  }
  return await parquetReadObjects({
    ...{ file, metadata },
    ...(columns && { columns: [...columns] }),
    compressors: { ZSTD: unpack },
    parsers: {
      timestampFromMicroseconds: (micros: bigint) => micros,
      // Undefined stands for a value that is not there, whatever hyparquet's type says.
      stringFromBytes: (text: Uint8Array | undefined) => text && utf8.decode(text),
      // The decoders of these types trust the lengths inside of values.
      ...{ geometryFromBytes: asItIs, geographyFromBytes: asItIs },
    },
  })
}

function unpack(page: Uint8Array, size: number): Uint8Array {
  // Node refuses a limit of 0.
  return zstdDecompressSync(page, { maxOutputLength: Math.max(size, 1) })
}

function asItIs(value: Uint8Array): Uint8Array {
  return value
}

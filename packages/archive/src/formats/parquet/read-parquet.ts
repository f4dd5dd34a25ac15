import { zstdDecompressSync } from 'node:zlib'

/** No page of ours comes near. It limits what a planted file can take of memory. */
const mostPageBytes = 64 * 2 ** 20

/** As it is stored: the decoder that hyparquet has removes a byte order mark, which a name may begin with. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The rows of a file with these columns, or with all. Times are microseconds since 1970. Rejects for anything but a whole file. */
export async function readParquet(
  bytes: Uint8Array,
  columns?: readonly string[],
): Promise<Record<string, unknown>[]> {
  // Loaded for an archive that has Parquet.
  const { parquetReadObjects } = await import('hyparquet')
  const { buffer, byteOffset, byteLength } = bytes
  const file = {
    byteLength,
    slice: (start: number, end = byteLength) =>
      buffer.slice(byteOffset + start, byteOffset + end) as ArrayBuffer,
  }
  return await parquetReadObjects({
    file,
    ...(columns && { columns: [...columns] }),
    compressors: {
      ZSTD: (page: Uint8Array) => zstdDecompressSync(page, { maxOutputLength: mostPageBytes }),
    },
    parsers: {
      timestampFromMicroseconds: (micros: bigint) => micros,
      // Undefined stands for a value that is not there, whatever hyparquet's type says.
      stringFromBytes: (text: Uint8Array | undefined) => text && utf8.decode(text),
    },
  })
}

import { promisify } from 'node:util'
import {
  gunzip as gunzipCallback,
  gzip as gzipCallback,
  zstdCompress as zstdCompressCallback,
  zstdDecompress as zstdDecompressCallback,
} from 'node:zlib'

export const compressions = ['gzip', 'zstd'] as const
export type Compression = (typeof compressions)[number]

/** Our objects are much smaller. The limit keeps an object that somebody planted from filling the memory. */
const mostBytes = 512 * 2 ** 20

const gzip = promisify(gzipCallback)
const gunzip = promisify(gunzipCallback)
const zstdCompress = promisify(zstdCompressCallback)
const zstdDecompress = promisify(zstdDecompressCallback)

export function compress(bytes: Uint8Array, compression: Compression): Promise<Uint8Array> {
  return compression === 'gzip' ? gzip(bytes) : zstdCompress(bytes)
}

/** Rejects with zlib's error for damaged or cut bytes. */
export async function decompress(bytes: Uint8Array, compression: Compression): Promise<string> {
  const options = { maxOutputLength: mostBytes }
  const plain = compression === 'gzip' ? await gunzip(bytes, options) : await zstdDecompress(bytes, options)
  return plain.toString('utf8')
}

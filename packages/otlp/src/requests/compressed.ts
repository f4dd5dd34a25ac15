import { promisify } from 'node:util'
import { zstdCompress } from 'node:zlib'
import { gzip } from '@asana-audit/core/sink-kit'
import type { OtlpCompression } from '../settings/read-otlp-settings.ts'

const zstd = promisify(zstdCompress)

/** `bytes` must not change until it resolves. */
export async function compressed(bytes: Uint8Array, compression: OtlpCompression): Promise<Uint8Array> {
  if (compression === 'none') return bytes
  return compression === 'gzip' ? gzip(bytes) : zstd(bytes)
}

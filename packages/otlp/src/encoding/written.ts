import { ByteWriter } from '@asana-audit/core/sink-kit'

/** The bytes that `write` writes, for parts that stay the same. */
export function written(write: (to: ByteWriter) => void): Uint8Array {
  const to = new ByteWriter()
  write(to)
  return Uint8Array.from(to.buffer.subarray(0, to.length))
}

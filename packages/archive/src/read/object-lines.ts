import { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import type { Compression } from '../compression.ts'

/** As much text as comes out of the decompressor at once. */
const chunkSize = 2 ** 16
/** Longer lines are not ours. It limits what a planted object can take of memory. */
const longestLine = 64 * 2 ** 20

/**
 * The lines of a compressed object, one by one: memory holds one of them, however large the object is. Rejects with an Error for bytes
 * that are cut off or of another compression, and for a last line that is not complete.
 */
export async function* objectLines(
  bytes: Uint8Array,
  compression: Compression,
): AsyncGenerator<string, void, undefined> {
  const inflate = compression === 'gzip' ? createGunzip({ chunkSize }) : createZstdDecompress({ chunkSize })
  const text = Readable.from([bytes], { objectMode: false }).pipe(inflate).setEncoding('utf8')
  let rest = ''
  for await (const chunk of text as AsyncIterable<string>) {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > longestLine) throw new Error('it has a line of more than 64 MiB')
    yield* lines
  }
  if (rest !== '') throw new Error('its last line is not complete')
}

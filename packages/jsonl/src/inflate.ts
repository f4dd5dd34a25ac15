import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/**
 * The bytes, decompressed if they begin like gzip and unchanged otherwise. Several gzip members may follow each
 * other.
 */
export async function* inflate(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = chunks[Symbol.asyncIterator]()
  try {
    const head = await headOf(source)
    const whole = startingWith(head, { [Symbol.asyncIterator]: () => source })
    if (head[0] !== 0x1f || head[1] !== 0x8b) {
      yield* whole
      return
    }
    const gunzip = createGunzip({ chunkSize: 65_536 })
    // An error on either end destroys the other end, and the loop over `gunzip` throws it.
    pipeline(Readable.from(whole, { objectMode: false }), gunzip, () => {})
    yield* gunzip as AsyncIterable<Uint8Array>
  } finally {
    await source.return?.()
  }
}

/** At least the first two bytes, which identify gzip; fewer if the input is shorter. */
async function headOf(source: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < 2) {
    const { value, done } = await source.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  return head
}

async function* startingWith(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (head.length > 0) yield head
  yield* rest
}

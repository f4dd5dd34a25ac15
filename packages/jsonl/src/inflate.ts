import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** The bytes as they are, or decompressed where they begin as gzip does. Several gzip members may follow each other. */
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
    // An error of either end destroys the other, and is thrown by the loop over `gunzip`.
    pipeline(Readable.from(whole, { objectMode: false }), gunzip, () => {})
    yield* gunzip as AsyncIterable<Uint8Array>
  } finally {
    await source.return?.()
  }
}

/** At least the two bytes that tell gzip, where there are so many. */
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

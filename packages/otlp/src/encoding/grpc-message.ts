import { gunzipSync, zstdDecompressSync } from 'node:zlib'

// The frame of a gRPC message: whether it is compressed, its length, its bytes.
// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md

const headBytes = 5
/** Of an answer. */
const mostBytes = 4 * 2 ** 20

/** One message as the body of a request. */
export function framed(message: Uint8Array, isCompressed: boolean): Uint8Array {
  const frame = Buffer.allocUnsafe(headBytes + message.length)
  frame[0] = isCompressed ? 1 : 0
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, headBytes)
  return frame
}

/** The one message of a body; undefined if the body holds none, half of one or several, or one that cannot be unpacked. `encoding`: `grpc-encoding`. */
export function messageIn(body: Buffer, encoding: string | undefined): Buffer | undefined {
  if (body.length < headBytes || body.length - headBytes !== body.readUInt32BE(1)) return undefined
  const message = body.subarray(headBytes)
  if (body[0] === 0) return message
  const unpack = encoding === 'gzip' ? gunzipSync : encoding === 'zstd' ? zstdDecompressSync : undefined
  if (body[0] !== 1 || !unpack) return undefined
  try {
    return unpack(message, { maxOutputLength: mostBytes })
  } catch {
    return undefined
  }
}

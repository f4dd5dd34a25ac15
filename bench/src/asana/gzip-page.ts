import { crc32 } from 'node:zlib'

const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
/** The empty last block of a deflate stream. */
const lastBlock = Buffer.from([3, 0])

/** One gzip member of `head`, the compressed events and `tail`. Head and tail are stored without compression. */
export function gzipPage(head: Buffer, events: DeflatedEvents, tail: Buffer): Buffer {
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(tail, events.crc), 0)
  trailer.writeUInt32LE((head.length + events.bytes + tail.length) >>> 0, 4)
  return Buffer.concat([gzipHeader, stored(head), events.deflated, stored(tail), lastBlock, trailer])
}

/** At most 65,535 bytes as raw deflate without compression. */
export function stored(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt16LE(bytes.length, 1)
  head.writeUInt16LE(~bytes.length & 0xffff, 3)
  return Buffer.concat([head, bytes])
}

/** The events of one page as JSON, separated by commas, as raw deflate that can be joined with other pieces. */
export interface DeflatedEvents {
  readonly deflated: Buffer
  /** The checksum of the JSON. */
  readonly bytes: number
  readonly crc: number
}

import { crc32 } from 'node:zlib'

const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
/** The empty last block of a deflate stream. */
const lastBlock = Buffer.from([3, 0])

/** One gzip member: `head` and `tail` stored, the events as they were compressed before, with `crc32(head)`. */
export function gzipPage(head: Buffer, events: DeflatedEvents, tail: Buffer): Buffer {
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(tail, events.crc), 0)
  trailer.writeUInt32LE((head.length + events.bytes + tail.length) >>> 0, 4)
  return Buffer.concat([gzipHeader, stored(head), events.deflated, stored(tail), lastBlock, trailer])
}

/** `bytes`, at most 65,535, as raw deflate that stores them. */
export function stored(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt16LE(bytes.length, 1)
  head.writeUInt16LE(~bytes.length & 0xffff, 3)
  return Buffer.concat([head, bytes])
}

/** The events of one page as JSON, separated by commas, in raw deflate that can be put between other pieces of it. */
export interface DeflatedEvents {
  readonly deflated: Buffer
  /** Of the JSON. */
  readonly bytes: number
  readonly crc: number
}

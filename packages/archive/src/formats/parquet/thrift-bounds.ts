import { UnfitParquet } from './unfit-parquet.ts'

/** How many structs and lists may be inside of each other. */
const deepest = 32
/** How many fields and members of lists there may be. A footer of a million rows has a tenth of that. */
const mostValues = 1_000_000
/** The most bytes of a number of 64 bits. */
const longestVarInt = 10

/** https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
const type = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  struct: 12,
}

/**
 * Walks over a struct of Thrift's compact protocol, and returns the place after it. The reader of Parquet allocates a list before it reads
 * the members. So this throws an UnfitParquet for a list or text that claims more than the bytes that are left, and for too many of them.
 */
export function endOfStruct(view: DataView, start: number): number {
  let at = start
  let values = 0

  function skip(bytes: number): void {
    if (bytes > view.byteLength - at)
      throw new UnfitParquet('a list or text in it claims more bytes than it has')
    at += bytes
  }

  function byte(): number {
    skip(1)
    return view.getUint8(at - 1)
  }

  function varInt(): number {
    let result = 0
    for (let read = 0; read < longestVarInt; read += 1) {
      const one = byte()
      result += (one & 0x7f) * 2 ** (7 * read)
      if (one < 0x80) return result
    }
    throw new UnfitParquet('a number in it does not end')
  }

  function struct(depth: number): void {
    for (let field = byte(); (field & 0x0f) !== type.stop; field = byte()) {
      // If the head does not give the difference to the number of the last field, the number follows.
      if (field >> 4 === 0) varInt()
      value(field & 0x0f, depth)
    }
  }

  function list(depth: number): void {
    const head = byte()
    const size = head >> 4 === 15 ? varInt() : head >> 4
    const member = head & 0x0f
    // Each member has a byte at least.
    if (size > view.byteLength - at)
      throw new UnfitParquet('a list in it claims more members than it has bytes')
    for (let index = 0; index < size; index += 1)
      value(member === type.true || member === type.false ? type.byte : member, depth)
  }

  function value(of: number, depth: number): void {
    values += 1
    if (values > mostValues || depth > deepest)
      throw new UnfitParquet('its footer or a header of a page is larger than any of an archive')
    if (of === type.true || of === type.false) return
    if (of === type.byte) skip(1)
    else if (of === type.i16 || of === type.i32 || of === type.i64) varInt()
    else if (of === type.double) skip(8)
    else if (of === type.binary) skip(varInt())
    else if (of === type.list) list(depth + 1)
    else if (of === type.struct) struct(depth + 1)
    else throw new UnfitParquet('its footer or a header of a page cannot be read')
  }

  struct(0)
  return at
}

import { UnfitParquet } from './unfit-parquet.ts'

/**
 * Runs of numbers in a page, until so many are there: levels, and places in a dictionary. A run of a few bytes can claim a thousand million
 * numbers, which a reader of Parquet writes down one by one. Throws an UnfitParquet if one claims more than are left.
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
export function checkRuns(bytes: Uint8Array, start: number, bitWidth: number, count: number): void {
  let at = start
  for (let seen = 0; seen < count && at < bytes.length; ) {
    let head = 0
    let isLast = false
    for (let shift = 0; !isLast && at < bytes.length; shift += 7, at += 1) {
      head |= (bytes[at]! & 0x7f) << shift
      isLast = bytes[at]! < 0x80
    }
    const isPacked = (head & 1) === 1
    const size = head >>> 1
    // Packed numbers come in groups of eight, and the last group may be filled up.
    const claimed = isPacked ? size * 8 - 7 : size
    if (claimed > count - seen) throw new UnfitParquet('a page claims more values than its header says')
    seen += isPacked ? size * 8 : size
    at += isPacked ? size * bitWidth : (bitWidth + 7) >> 3
  }
}

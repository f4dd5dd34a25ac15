/** Bytes that one value may take, all that its pointers lead to included. The largest entries of MaxMind have some three thousand. */
const mostBytes = 65_536

/** What is added to a pointer, by its number of bytes. */
const pointerBase = [0, 2_048, 526_336, 0]

/** Numbers of types, https://maxmind.github.io/MaxMind-DB/#output-data-section. */
const [pointer, map, array, boolean] = [1, 7, 11, 14]

/**
 * Reads the value at `start` as the library will, but only counts. In a file that is made for it, pointers lead to pointers until a small
 * file is a value without an end, and one look-up would take for ever. Throws for a value that is too large, and one that is not whole.
 * `section`: where its pointers count from.
 */
export function checkSize(bytes: Buffer, start: number, section: number): void {
  let left = mostBytes

  /** Returns where the next value begins. */
  function end(at: number): number {
    const control = bytes.readUInt8(at)
    const kind = control >> 5
    let next = at + 1
    spend(1)
    if (kind === pointer) {
      const width = ((control >> 3) & 3) + 1
      const high = width === 4 ? 0 : (control & 7) * 256 ** width
      end(section + pointerBase[width - 1]! + high + bytes.readUIntBE(next, width))
      return next + width
    }
    const type = kind === 0 ? 7 + bytes.readUInt8(next++) : kind
    const short = control & 31
    const more = Math.max(0, short - 28)
    const size = more === 0 ? short : [29, 285, 65_821][more - 1]! + bytes.readUIntBE(next, more)
    next += more
    if (type === map || type === array) {
      for (let values = type === map ? 2 * size : size; values > 0; values -= 1) next = end(next)
      return next
    }
    if (type === boolean) return next
    spend(size)
    return next + size
  }

  function spend(count: number): void {
    left -= count
    if (left < 0) throw new RangeError('A value is too large.')
  }

  end(start)
}

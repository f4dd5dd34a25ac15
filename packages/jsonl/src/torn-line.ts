import type { FileHandle } from 'node:fs/promises'

const blockBytes = 65_536
const lineFeed = 0x0a

/**
 * The offset where the last whole line of a file ends: its size, unless a crash left the last line half-written.
 * Reads one byte of a healthy file; reads a torn file backwards to its last line feed.
 */
export async function endOfWholeLines(file: FileHandle, size: number): Promise<number> {
  const block = Buffer.alloc(blockBytes)
  for (let end = size; end > 0; ) {
    // The first read takes only the last byte.
    const length = end === size ? 1 : Math.min(blockBytes, end)
    const { bytesRead } = await file.read(block, 0, length, end - length)
    const at = block.subarray(0, bytesRead).lastIndexOf(lineFeed)
    if (at !== -1) return end - length + at + 1
    end -= length
  }
  return 0
}

/**
 * Whether the bytes after `end` can be the beginning of one of our lines: an object, or the zeros that some file
 * systems leave after a power failure. Anything else was not written by us and must not be cut.
 */
export async function beginsLikeOurs(file: FileHandle, end: number): Promise<boolean> {
  const first = Buffer.alloc(1)
  await file.read(first, 0, 1, end)
  return first[0] === 0x7b || first[0] === 0
}

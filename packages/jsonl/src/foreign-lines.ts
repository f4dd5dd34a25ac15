import type { FileHandle } from 'node:fs/promises'
import { beginsLikeOurs, endOfWholeLines } from './torn-line.ts'

/**
 * Why nothing may be appended to a file: its first line, its last whole line or the half line after it does not look like a JSON object, so
 * another program wrote it. Returns the end of a sentence that begins with the path, or undefined if nothing is wrong. Reads a few bytes of
 * each line.
 */
export async function foreignLines(file: FileHandle, size: number): Promise<string | undefined> {
  const end = await endOfWholeLines(file, size)
  if (end > 0) {
    // Without its line feed, so that the one before it is found.
    const begin = await endOfWholeLines(file, end - 1)
    if (!(await beginsObject(file, 0))) return 'begins with a line that is not a JSON object'
    if (!(await beginsObject(file, begin)) || (await textAt(file, end - 2, 1)) !== '}')
      return 'ends in a line that is not a JSON object'
  }
  if (end < size && !(await beginsLikeOurs(file, end))) return 'ends in half a line that is not a JSON object'
  return undefined
}

export function foreignLinesMessage(path: string, foreign: string): string {
  return `${path} ${foreign}, so it was not changed. Choose another path.`
}

async function beginsObject(file: FileHandle, at: number): Promise<boolean> {
  return /^\{[\s"}]/.test(await textAt(file, at, 2))
}

async function textAt(file: FileHandle, at: number, length: number): Promise<string> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, at)
  return bytes.toString('latin1', 0, bytesRead)
}

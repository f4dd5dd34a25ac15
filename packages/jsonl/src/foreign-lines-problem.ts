import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { foreignLines, foreignLinesMessage } from './foreign-lines.ts'

/** What a sink would refuse of the lines in a file, as a sentence. Undefined if nothing, and if it is not a file. Changes nothing. */
export async function foreignLinesProblem(path: string): Promise<string | undefined> {
  // Without waiting for the other end of a pipe.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const found = await file.stat()
    const foreign = found.isFile() ? await foreignLines(file, found.size) : undefined
    return foreign && foreignLinesMessage(path, foreign)
  } finally {
    await file.close()
  }
}

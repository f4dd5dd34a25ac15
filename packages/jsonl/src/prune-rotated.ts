import { readdir, unlink } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { codeOf } from '@asana-audit/core/sink-kit'
import { isRotated } from './rotated-path.ts'

/**
 * Deletes the oldest rotated files of `path` until `keep` are left. Files with another name stay, compressed ones
 * too, and so does everything that is not a regular file.
 */
export async function pruneRotated(path: string, keep: number): Promise<void> {
  const dir = parse(path).dir || '.'
  const rotated = (await readdir(dir, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && isRotated(path, entry.name))
    .map(({ name }) => name)
    // Sorting by name sorts by time.
    .sort()
  for (const name of rotated.slice(0, Math.max(0, rotated.length - keep))) {
    try {
      await unlink(join(dir, name))
    } catch (error) {
      // A reader may have moved or deleted it in the meantime.
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }
}

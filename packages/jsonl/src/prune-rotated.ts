import { readdir, unlink } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { codeOf } from '@asana-audit/core/sink-kit'
import { isRotated } from './rotated-path.ts'

/**
 * Deletes the oldest of the files that were set aside from `path`, until `keep` are left. A file of another name stays, a compressed
 * one too, and so does whatever is no regular file.
 */
export async function pruneRotated(path: string, keep: number): Promise<void> {
  const dir = parse(path).dir || '.'
  const rotated = (await readdir(dir, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && isRotated(path, entry.name))
    .map(({ name }) => name)
    // Their names are in the order of their times.
    .sort()
  for (const name of rotated.slice(0, Math.max(0, rotated.length - keep))) {
    try {
      await unlink(join(dir, name))
    } catch (error) {
      // Whoever reads them may have taken it away meanwhile.
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }
}

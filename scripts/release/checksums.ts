import { readdir, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { sha256 } from './sha256.ts'

/**
 * Writes the SHA-256 of every file in a folder, and in those below it, into its `SHA256SUMS`, as `sha256sum --check` reads it. Returns how
 * many files that are. Throws if there is none, or one of another version: all carry the version in their names, but the image and what is
 * in it.
 */
export async function writeChecksums(folder: string, version: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'))
    .filter((path) => path !== 'SHA256SUMS')
    .toSorted()
  if (paths.length === 0) throw new Error(`${folder} is empty. Build what you release first: pnpm build:….`)
  const others = paths.filter((path) => !path.startsWith('image') && !path.includes(version))
  if (others.length > 0)
    throw new Error(
      `${folder} has files that are not of version ${version}. Remove them: ${others.join(', ')}.`,
    )
  const lines: string[] = []
  for (const path of paths) lines.push(`${await sha256(join(folder, path))}  ${path}\n`)
  await writeFile(join(folder, 'SHA256SUMS'), lines.join(''))
  return paths.length
}

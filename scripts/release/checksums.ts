import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'

/**
 * Writes the SHA-256 of every file in a folder, and in those below it, into its `SHA256SUMS`, as `sha256sum --check` reads it. Returns how
 * many files that are; throws if there is none.
 */
export async function writeChecksums(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll(sep, '/'))
    .filter((path) => path !== 'SHA256SUMS')
    .toSorted()
  if (paths.length === 0) throw new Error(`${folder} is empty. Build what you release first: pnpm build:….`)
  const lines: string[] = []
  for (const path of paths) lines.push(`${await sha256(join(folder, path))}  ${path}\n`)
  await writeFile(join(folder, 'SHA256SUMS'), lines.join(''))
  return paths.length
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

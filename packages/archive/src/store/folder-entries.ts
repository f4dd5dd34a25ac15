import type { Dirent, Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '@asana-audit/core/sink-kit'
import { folderFault } from './folder-fault.ts'
import { isHidden } from './hidden.ts'
import type { NotAFile, StoredObject } from './object-store.ts'

/** The files below `folder` of an archive at `path`, and links to files, in the order of their names, folder by folder. */
export async function* filesBelow(path: string, folder: string): AsyncGenerator<StoredObject> {
  for await (const { key } of entriesBelow(path, folder)) {
    const stats = await statsOf(join(path, key))
    if (stats?.isFile()) yield { key, storedAt: stats.mtimeMs }
  }
}

/** Everything below the folder that `filesBelow` does not give, in the same order. */
export async function* notFilesBelow(path: string, folder: string): AsyncGenerator<NotAFile> {
  for await (const { key, entry } of entriesBelow(path, folder)) {
    if (entry.isFile()) continue
    const stats = await statsOf(join(path, key))
    // What is gone now may have been anything, except a link, whose target is gone.
    if (stats?.isFile() || (!stats && !entry.isSymbolicLink())) continue
    yield { key, kind: kindOf(stats) }
  }
}

/** The stats of a file, or of the file that a link leads to. Undefined if it is gone: it may have been joined with others since it was listed. */
export async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ELOOP') return undefined
    throw folderFault(path, error)
  }
}

function kindOf(stats: Stats | undefined): string {
  if (!stats) return 'a link that leads nowhere'
  if (stats.isDirectory()) return 'a link to a folder'
  if (stats.isFIFO()) return 'a named pipe'
  return stats.isSocket() ? 'a socket' : 'a device'
}

async function* entriesBelow(
  path: string,
  folder: string,
): AsyncGenerator<{ readonly key: string; readonly entry: Dirent }> {
  for (const entry of await entriesOf(join(path, folder))) {
    const key = `${folder}${entry.name}`
    const isWriters = key.startsWith('.')
    if (entry.isDirectory() && !isWriters) yield* entriesBelow(path, `${key}/`)
    else if (!isHidden(key)) yield { key, entry }
  }
}

async function entriesOf(path: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw folderFault(path, error)
  }
}

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from './path-step.ts'

/**
 * Syncs the directory of a file: a new name survives a power failure only when its directory is on disk too. Does nothing where the
 * system cannot sync a directory.
 */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const directory = await open(dirname(path), constants.O_RDONLY)
    await directory.sync().finally(() => directory.close())
  } catch (error) {
    if (!cannotSyncDirectory.has(codeOf(error))) throw error
  }
}

/** Errors that mean: no permission to read the directory, or the file system (FUSE, network) cannot sync one. */
const cannotSyncDirectory = new Set(['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP', 'ENOSYS'])

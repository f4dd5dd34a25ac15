import { accessSync, constants } from 'node:fs'
import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileIdentity } from './file-identity.ts'
import { makeOwnFile } from './own-file.ts'

export { networkFileSystemOf } from './network-file-system.ts'

export interface FileLock {
  /** False once the lock's file was deleted or replaced: then another process could take the lock too. */
  holds(): boolean
  release(): void
}

/** https://www.sqlite.org/rescode.html#busy */
const busy = 5

/**
 * Takes the lock whose file is at `path` and makes the file if missing. Undefined if the lock is held, by another process or this
 * one. It is an exclusive transaction held open on that file. The operating system frees it when the process ends in any way,
 * so there is no stale lock to clear and no time-out to guess. The empty file stays after that; it does not mean that the lock is held.
 */
export function takeLock(path: string): FileLock | undefined {
  makeOwnFile(path)
  const identity = fileIdentity(path)
  // SQLite takes `file:…` for a URL, but not an absolute path.
  const lock = new DatabaseSync(resolve(path))
  try {
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (isBusy(error)) return undefined
    throw error
  }
  return { holds: () => fileIdentity(path) === identity, release: () => lock.close() }
}

/** Whether the lock at `path` is held. Does not take it. */
export function isLocked(path: string): boolean {
  if (fileIdentity(path) === undefined) return false
  // The operating system names file and reason. SQLite would only say that it cannot open a file.
  accessSync(path, constants.R_OK)
  const lock = new DatabaseSync(resolve(path), { readOnly: true })
  try {
    lock.exec('PRAGMA busy_timeout = 0; SELECT count(*) FROM sqlite_schema')
    return false
  } catch (error) {
    if (isBusy(error)) return true
    throw error
  } finally {
    lock.close()
  }
}

function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: number }
  return errcode !== undefined && (errcode & 0xff) === busy
}

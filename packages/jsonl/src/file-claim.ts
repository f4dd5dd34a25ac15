import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { type Fault, fault } from '@asana-audit/core'
import { fileFault } from './file-fault.ts'
import type { OnLineFileWarning } from './line-file-warning.ts'

/**
 * The sole right to write a file, whichever path leads to it. It ends with `release`, or when the process ends, also
 * by a crash.
 */
export interface FileClaim {
  /** The path of the file itself, with all links resolved. */
  readonly realPath: string
  /** False once the lock file was deleted. */
  holds(): boolean
  release(): void
}

/** Rejects with `file_in_use` if another process, or another sink of this process, writes the file. */
export async function claimFile(
  realPath: string,
  onWarning: OnLineFileWarning | undefined,
): Promise<FileClaim> {
  // Loaded only here: SQLite holds the lock, and programs that write no file do not need it.
  const { networkFileSystemOf, takeLock } = await import('@asana-audit/core/file-lock')
  const path = lockPath(realPath)
  const network = networkFileSystemOf(realPath)
  if (network !== undefined) onWarning?.(onNetworkFileSystem(realPath, network))
  const lock = ((): ReturnType<typeof takeLock> => {
    try {
      return takeLock(path)
    } catch (error) {
      throw lockFault(path, error)
    }
  })()
  if (lock === undefined) throw inUse(realPath)
  return { realPath, ...lock }
}

/**
 * The lock is in the same folder, so that every process that shares the folder, also from a container, finds the same
 * lock.
 */
function lockPath(realPath: string): string {
  return `${realPath}.lock`
}

/** Whether a process is writing the file at this path now. Rejects with `no_permission` if this user may not read the lock. */
export async function isClaimed(path: string): Promise<boolean> {
  const { isLocked } = await import('@asana-audit/core/file-lock')
  if (!existsSync(path)) return false
  const lock = lockPath(await realpath(path))
  try {
    return isLocked(lock)
  } catch (error) {
    throw lockFault(lock, error)
  }
}

function inUse(path: string): Fault {
  const message = `Another process is writing ${path}, or another pipeline of this process. Stop it, or choose another path. Nothing was written or cut.`
  return fault({ fault: 'fatal', code: 'file_in_use', message })
}

/** The fault for an error of the operating system, or of SQLite, which holds the lock. */
function lockFault(path: string, error: unknown): Fault {
  if ((error as { errcode?: number }).errcode === undefined) return fileFault(path, error)
  const said = error instanceof Error ? error.message : String(error)
  const message = `${path} cannot be locked (${said}), so another process could write the same file. Give this user the right to write it, or choose a path on a local disk.`
  return fault({ fault: 'fatal', code: 'no_lock', message })
}

function onNetworkFileSystem(path: string, kind: string): Parameters<OnLineFileWarning>[0] {
  const message = `${path} is on a network file system (${kind}), where locks may not work: if two processes write the file, events are lost. Let only one process write it, or choose a local disk.`
  return { code: 'network_file_system', message }
}

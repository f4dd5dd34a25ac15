import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { type Fault, fault } from '@asana-audit/core'
import { fileFault } from './file-fault.ts'
import type { OnLineFileWarning } from './line-file-warning.ts'

/** The sole right to write a file, by whatever path to it. It ends with `release` or with the process, however that dies. */
export interface FileClaim {
  /** Of the file itself: no link leads on from here. */
  readonly realPath: string
  /** False once somebody deleted the file of the lock. */
  holds(): boolean
  release(): void
}

/** Rejects with `file_in_use` where somebody else writes it: another process, or another sink of this one. */
export async function claimFile(
  realPath: string,
  onWarning: OnLineFileWarning | undefined,
): Promise<FileClaim> {
  // Loaded here: SQLite, which holds the lock, is not needed by what writes no file.
  const { networkFileSystemOf, takeLock } = await import('@asana-audit/core/file-lock')
  const path = lockPath(realPath)
  const network = networkFileSystemOf(realPath)
  if (network !== undefined) onWarning?.(onNetworkFileSystem(realPath, network))
  const lock = ((): ReturnType<typeof takeLock> => {
    try {
      return takeLock(path)
    } catch (error) {
      throw (error as { errcode?: number }).errcode === undefined
        ? fileFault(path, error)
        : noLock(path, error)
    }
  })()
  if (lock === undefined) throw inUse(realPath)
  return { realPath, ...lock }
}

/** Beside the file, so that whatever shares its folder, a container too, meets the same lock. */
function lockPath(realPath: string): string {
  return `${realPath}.lock`
}

/** Whether somebody writes the file at this path right now. */
export async function isClaimed(path: string): Promise<boolean> {
  const { isLocked } = await import('@asana-audit/core/file-lock')
  return existsSync(path) && isLocked(lockPath(await realpath(path)))
}

function inUse(path: string): Fault {
  const message = `Somebody else writes ${path}: another process, or another pipeline of this one. Stop it, or choose another path. Nothing was written or cut.`
  return fault({ fault: 'fatal', code: 'file_in_use', message })
}

function noLock(path: string, error: unknown): Fault {
  const said = error instanceof Error ? error.message : String(error)
  const message = `${path} cannot be locked (${said}), so another process could write the same file. Give this user the right to write it, or choose a path on a local disk.`
  return fault({ fault: 'fatal', code: 'no_lock', message })
}

function onNetworkFileSystem(path: string, kind: string): Parameters<OnLineFileWarning>[0] {
  const message = `${path} is on a network file system (${kind}), whose locks may not hold: should two processes write it, events would be lost. Let one alone write it, or choose a local disk.`
  return { code: 'network_file_system', message }
}

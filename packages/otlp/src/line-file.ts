import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fault } from '@asana-audit/core'
import { beginsLikeOurs, endOfWholeLines } from './torn-line.ts'

/** A file open for appending whole lines. Nothing is promised about bytes appended since the last `sync`. */
export interface LineFile {
  /** Bytes in it now; 0 for a device or pipe. */
  readonly size: number
  append(lines: Uint8Array): Promise<void>
  /** Resolves once everything appended is on disk. */
  sync(): Promise<void>
  /** Cuts off what was appended after the file had this size. */
  cutTo(size: number): Promise<void>
  /** False once another file, or none, is at the path: somebody moved or deleted it. */
  stillThere(): Promise<boolean>
  close(): Promise<void>
}

/**
 * Opens or creates (mode 0600: audit data is personal), and cuts off a torn last line, whose length goes to `onCut`.
 * Devices and pipes are written as they are: they cannot be cut or synced.
 */
export async function openLineFile(path: string, onCut: (bytes: number) => void): Promise<LineFile> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600)
  try {
    const opened = await handle.stat()
    return await lineFile(path, handle, opened, onCut)
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function lineFile(
  path: string,
  handle: FileHandle,
  opened: Stats,
  onCut: (bytes: number) => void,
): Promise<LineFile> {
  const regular = opened.isFile()
  let size = 0
  if (regular) {
    size = await endOfWholeLines(handle, opened.size)
    if (size < opened.size) {
      if (!(await beginsLikeOurs(handle, size))) throw notOurs(path)
      await handle.truncate(size)
      onCut(opened.size - size)
    }
    if (size === 0) await syncDirectory(path)
  }
  return {
    get size() {
      return size
    },
    async append(lines) {
      await handle.appendFile(lines)
      if (regular) size += lines.length
    },
    async sync() {
      if (regular) await handle.sync()
    },
    async cutTo(length) {
      if (!regular) return
      await handle.truncate(length)
      size = length
    },
    async stillThere() {
      const there = await stat(path).catch(() => undefined)
      return there?.ino === opened.ino && there.dev === opened.dev
    },
    close: () => handle.close(),
  }
}

/** A new name survives a power failure only once its directory is on disk too, where the system has a way to ask for that. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const directory = await open(dirname(path), constants.O_RDONLY)
    await directory.sync().finally(() => directory.close())
  } catch (error) {
    if (!cannotSyncDirectory.has((error as { code?: string }).code ?? '')) throw error
  }
}

/** The directory may not be read, or the file system (FUSE, network) knows no such request. */
const cannotSyncDirectory = new Set(['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP', 'ENOSYS'])

function notOurs(path: string): Error {
  const message = `${path} ends in half a line that is no JSON object, so it is left alone. Choose another path.`
  return fault({ fault: 'fatal', code: 'not_ours', message })
}

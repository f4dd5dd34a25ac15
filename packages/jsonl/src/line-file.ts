import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { type Fault, fault } from '@asana-audit/core'
import { codeOf, syncDirectory } from '@asana-audit/core/sink-kit'
import { foreignLines, foreignLinesMessage } from './foreign-lines.ts'
import { endOfWholeLines } from './torn-line.ts'

/** A file open for appending whole lines. Nothing is promised about bytes appended since the last `sync`. */
export interface LineFile {
  /** The path of the file itself, with all links resolved. */
  readonly realPath: string
  /** Current size in bytes; 0 for a device. */
  readonly size: number
  append(lines: Uint8Array): Promise<void>
  /** Resolves once everything appended is on disk. */
  sync(): Promise<void>
  /** Cuts the file back to this size. */
  cutTo(size: number): Promise<void>
  /**
   * False if the path has no file or another file, or if this file is shorter: it was moved, deleted or emptied.
   * Rejects with `file_in_use` if the file holds more than was written here: a lock is not visible to every machine
   * that can reach the file.
   */
  stillOurs(): Promise<boolean>
  close(): Promise<void>
}

export interface OpenLineFile {
  readonly path: string
  /**
   * Claims the sole right to write the file at this real path. Called only for regular files, before anything is cut.
   */
  readonly claim: (realPath: string) => Promise<void>
  /** Called with the length of the torn last line. */
  readonly onCut: (bytes: number) => void
}

/**
 * Opens or creates (mode 0600: audit data is personal), and cuts off a torn last line once no other process can write
 * the file. Devices are only written: they cannot be cut, synced or locked. Pipes and sockets are refused: a write to one whose reader
 * has stopped never ends, and cannot be stopped.
 */
export async function openLineFile(options: OpenLineFile): Promise<LineFile> {
  const { path } = options
  for (;;) {
    const there = await orNone(stat(path))
    if (there?.isFIFO() || there?.isSocket()) throw notAFile(path)
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600)
    try {
      const opened = await handle.stat()
      const realPath = opened.isFile() ? await claimed(options, opened) : path
      if (realPath !== undefined) return await lineFile(options, realPath, handle)
    } catch (error) {
      await handle.close()
      throw error
    }
    await handle.close()
  }
}

/** Claims the opened file and returns its real path. Undefined if the path now has another file or none. */
async function claimed({ path, claim }: OpenLineFile, opened: Stats): Promise<string | undefined> {
  const realPath = await orNone(realpath(path))
  if (realPath === undefined) return undefined
  await claim(realPath)
  // The previous writer may have renamed it in between.
  const there = await orNone(stat(realPath))
  return there && isSame(there, opened) ? realPath : undefined
}

async function lineFile(
  { path, onCut }: OpenLineFile,
  realPath: string,
  handle: FileHandle,
): Promise<LineFile> {
  // Read only now, when no other process can write it.
  const opened = await handle.stat()
  const regular = opened.isFile()
  let size = 0
  if (regular) {
    if (opened.nlink > 1) throw severalNames(realPath, opened.nlink)
    const foreign = await foreignLines(handle, opened.size)
    if (foreign !== undefined) throw notOurs(foreignLinesMessage(path, foreign))
    size = await endOfWholeLines(handle, opened.size)
    if (size < opened.size) {
      await handle.truncate(size)
      onCut(opened.size - size)
    }
    if (size === 0) await syncDirectory(realPath)
  }
  return {
    realPath,
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
    async stillOurs() {
      const there = await orNone(stat(path))
      if (there === undefined || !isSame(there, opened)) return false
      if (regular && there.size > size) throw grown(realPath, there.size - size)
      return !regular || there.size === size
    },
    close: () => handle.close(),
  }
}

/** Undefined if there is no file at the path. */
async function orNone<T>(looked: Promise<T>): Promise<T | undefined> {
  try {
    return await looked
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function isSame(one: Stats, other: Stats): boolean {
  return one.ino === other.ino && one.dev === other.dev
}

function notOurs(message: string): Fault {
  return fault({ fault: 'fatal', code: 'not_ours', message })
}

function notAFile(path: string): Fault {
  const message = `${path} is a pipe or a socket, and not a file. Choose the path of a file, or write to a stream.`
  return fault({ fault: 'fatal', code: 'not_a_file', message })
}

function severalNames(path: string, names: number): Fault {
  const message = `${path} has ${names} names (hard links), so another process could write the file under another name. Delete the other names, or choose another path.`
  return fault({ fault: 'fatal', code: 'hard_linked', message })
}

function grown(path: string, bytes: number): Fault {
  const message = `Another process is writing ${path}: it has ${bytes} bytes more than were written here. Stop the other writer, or choose another path. Nothing was cut.`
  return fault({ fault: 'fatal', code: 'file_in_use', message })
}

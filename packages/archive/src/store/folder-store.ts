import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rm, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Fault, fault, isFault } from '@asana-audit/core'
import type { FileLock } from '@asana-audit/core/file-lock'
import { codeOf, type OptionNames, refuseUnknownOptions, syncDirectory } from '@asana-audit/core/sink-kit'
import type { OnArchiveWarning } from '../archive-warning.ts'
import { filesBelow, notFilesBelow, statsOf } from './folder-entries.ts'
import { folderFault } from './folder-fault.ts'
import type { ObjectStore } from './object-store.ts'
import { mostObjectBytes, tooLarge } from './too-large.ts'

export interface FolderStoreOptions {
  /** The folder of the archive. It is created if missing, for its owner only; the folder around it must exist. */
  readonly path: string
  /** As for `archiveSink`: `network_file_system`. */
  readonly onWarning?: OnArchiveWarning | undefined
}

const names: OptionNames<FolderStoreOptions> = { path: true, onWarning: true }

/** Where files are until they are whole. It is hidden from readers of the archive. */
const unfinished = '.unfinished'

/**
 * An archive in a local folder. A file gets its name once it is whole and on disk, by a link, which never replaces another file. One
 * process writes: it holds `.lock` in the folder. Throws a TypeError without a path, and a fatal `unknown_option`.
 */
export function folderStore(options: FolderStoreOptions): ObjectStore {
  refuseUnknownOptions('folderStore', names, options)
  const { path, onWarning } = options
  if (typeof path !== 'string' || path === '') {
    throw new TypeError('The path of folderStore is missing. A good value is /var/lib/asana-audit/archive.')
  }
  let lock: FileLock | undefined
  const pathOf = (key: string): string => join(path, ...key.split('/'))

  /** A disk that was unmounted leaves an empty folder, and a new archive must not begin there. */
  function stillThere(): void {
    if (lock && !lock.holds()) throw gone(path)
  }

  /** Rejects with a fault that names the path. */
  async function at<T>(where: string, work: () => Promise<T>): Promise<T> {
    try {
      stillThere()
      return await work()
    } catch (error) {
      throw isFault(error) ? error : folderFault(where, error)
    }
  }

  return {
    place: path,
    claim: () =>
      at(path, async () => {
        if (lock) return
        await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
          if (codeOf(error) !== 'EEXIST') throw error
        })
        await syncDirectory(path)
        lock = await lockFolder(path, onWarning)
        // Remove what a process has left that was killed while it wrote a file.
        await rm(join(path, unfinished), { recursive: true, force: true })
      }),
    create: (key, bytes, signal) =>
      at(pathOf(key), async () => {
        signal?.throwIfAborted()
        const target = pathOf(key)
        const made = await mkdir(dirname(target), { recursive: true, mode: 0o700 })
        const temporary = join(path, unfinished, randomUUID())
        await mkdir(dirname(temporary), { recursive: true, mode: 0o700 })
        try {
          await writeWhole(temporary, bytes)
          await link(temporary, target)
        } catch (error) {
          if (codeOf(error) === 'EEXIST') return 'exists'
          throw error
        } finally {
          await unlink(temporary).catch(() => {}) // The next run removes it.
        }
        await syncUpTo(target, made ?? target)
        return 'created'
      }),
    read: (key) =>
      at(pathOf(key), async () => {
        try {
          // Opening a named pipe waits for its writer, perhaps for ever.
          const stats = await statsOf(pathOf(key))
          if (!stats?.isFile()) return undefined
          if (stats.size > mostObjectBytes) throw tooLarge(pathOf(key))
          return await readFile(pathOf(key))
        } catch (error) {
          if (codeOf(error) === 'ENOENT') return undefined
          throw error
        }
      }),
    async *list(folder) {
      stillThere()
      yield* filesBelow(path, folder)
      // Check again: if the folder was gone meanwhile, it looked empty.
      stillThere()
    },
    notFiles: (folder) => notFilesBelow(path, folder),
    async allowsRemoval() {},
    remove: (key) =>
      at(pathOf(key), async () => {
        await rm(pathOf(key), { force: true })
        await syncDirectory(dirname(pathOf(key)))
      }),
    async close() {
      lock?.release()
      lock = undefined
    },
  }
}

/** Rejects with a fatal `archive_in_use` if another process writes there. */
async function lockFolder(path: string, onWarning: OnArchiveWarning | undefined): Promise<FileLock> {
  // Loaded only here: SQLite holds the lock, and who only reads does not need it.
  const { networkFileSystemOf, takeLock } = await import('@asana-audit/core/file-lock')
  const network = networkFileSystemOf(path)
  if (network !== undefined) {
    const message = `${path} is on a network file system (${network}), where locks may not work. Let only one process write there, or choose a local disk.`
    onWarning?.({ code: 'network_file_system', message })
  }
  const lock = takeLock(join(path, '.lock'))
  if (lock) return lock
  const message = `Another process writes the archive ${path}, or another pipeline of this process. Stop it, or choose another folder.`
  throw fault({ fault: 'fatal', code: 'archive_in_use', message })
}

function gone(path: string): Fault {
  const message = `The archive ${path} is not there any more: it was moved, or its disk is not mounted. Writing continues when it is back.`
  return fault({ fault: 'temporary', code: 'archive_gone', message })
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the new name durable, and the folders that were made for it, from the folder of `target` up to that of `highest`. */
async function syncUpTo(target: string, highest: string): Promise<void> {
  for (let at = target; ; at = dirname(at)) {
    await syncDirectory(at)
    if (at === highest || dirname(at) === at) return
  }
}

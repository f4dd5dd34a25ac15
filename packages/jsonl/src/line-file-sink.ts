import { rename } from 'node:fs/promises'
import { type ClosableSink, type Fault, isFault } from '@asana-audit/core'
import {
  bufferPool,
  inTurn,
  type OptionNames,
  refuseUnknownOptions,
  syncDirectory,
} from '@asana-audit/core/sink-kit'
import { claimFile, type FileClaim } from './file-claim.ts'
import { fileFault } from './file-fault.ts'
import type { LineEncoder } from './line-encoder.ts'
import { type LineFile, openLineFile } from './line-file.ts'
import type { OnLineFileWarning } from './line-file-warning.ts'
import { pruneRotated } from './prune-rotated.ts'
import { rotatedPath } from './rotated-path.ts'

export interface LineFileOptions {
  /**
   * The file. It is created if missing, readable only by its owner. Its folder must exist. The usual ending is
   * `.jsonl`.
   */
  readonly path: string
  /**
   * Most bytes in the file: before a write would exceed this, the file is renamed with a date. A single longer line
   * is still written.
   *
   * Nothing is compressed.
   * @default never
   */
  readonly rotateBytes?: number | undefined
  /**
   * How many rotated files are kept, at least 1. Older ones are deleted, even if nobody has read them.
   *
   * A file that was rotated during a write counts from the next write on, when all its records are accepted.
   * @default all
   */
  readonly rotateKeep?: number | undefined
  /** Called with `{ code, message }` for what a person should know, although nothing is lost. */
  readonly onWarning?: OnLineFileWarning | undefined
}

export interface LineFileSinkOptions<R> extends LineFileOptions {
  /** Makes lines from records: `objectLines`, `jsonLines(origin)` of `@asana-audit/otlp`, or your own function. */
  readonly lines: LineEncoder<R>
}

const names: OptionNames<LineFileSinkOptions<unknown>> = {
  ...{ path: true, rotateBytes: true, rotateKeep: true, onWarning: true, lines: true },
}

/**
 * The progress of one write: records on disk, records appended after that, and the file size up to the records on
 * disk (once the file is open).
 */
interface Progress {
  safe: number
  unsynced: number
  safeSize: number | undefined
}

/** A sink that can open its file before the first write. */
export interface LineFileSink<R> extends ClosableSink<R> {
  /**
   * Opens the file and claims the sole right to write it; otherwise the first write does this. Rejects with the
   * faults of a write, such as `file_in_use` if another process is writing the file, even through another path.
   */
  open(): Promise<void>
}

/**
 * Appends records as lines of JSON. A write resolves once they are on disk (fsync); a failed write is cut off the
 * file again, so that no half line stays in the middle. The file is locked from `open` or the first write until
 * `close` or the end of the process, also a crash. Throws a TypeError without a path, and a fatal `unknown_option`.
 */
export function lineFileSink<R>(options: LineFileSinkOptions<R>): LineFileSink<R> {
  refuseUnknownOptions('lineFileSink', names, options)
  const { path, rotateBytes = Number.POSITIVE_INFINITY, rotateKeep = Number.POSITIVE_INFINITY } = options
  const { onWarning, lines } = options
  if (typeof path !== 'string' || path === '') {
    throw new TypeError('The path of a file sink is missing. A good value is audit.jsonl.')
  }
  if (!(rotateKeep >= 1)) throw new RangeError(`rotateKeep is ${rotateKeep}. Give a number from 1.`)
  const oneAtATime = inTurn()
  const writers = bufferPool()
  /** An earlier run may have left more files than should be kept now. */
  let mayHaveTooMany = rotateKeep !== Number.POSITIVE_INFINITY
  let current: LineFile | undefined
  let claimed: FileClaim | undefined

  /** Since the last write, a link may have been pointed at another file, or the lock file deleted. */
  async function claim(realPath: string): Promise<void> {
    if (claimed?.realPath === realPath && claimed.holds()) return
    release()
    claimed = await claimFile(realPath, onWarning)
  }

  function release(): void {
    claimed?.release()
    claimed = undefined
  }

  function open(): Promise<LineFile> {
    return openLineFile({
      path,
      claim,
      onCut: (bytes) =>
        onWarning?.({
          code: 'torn_line_cut',
          message: `${path} ended in half a line after a crash. ${bytes} bytes were cut off; their records are written again.`,
        }),
    })
  }

  async function forget(): Promise<void> {
    const file = current
    current = undefined
    await file?.close()
  }

  /** Opens the file again if it was moved or deleted since the last write. */
  async function ready(): Promise<LineFile> {
    const isOurs = current && (claimed?.holds() ?? true) && (await current.stillOurs())
    if (!isOurs) await forget()
    current ??= await open()
    return current
  }

  /** A file that cannot be deleted causes a warning, and writing continues. */
  async function prune({ realPath }: LineFile): Promise<void> {
    if (!mayHaveTooMany) return
    mayHaveTooMany = false
    await pruneRotated(realPath, rotateKeep).catch((error: unknown) => {
      const { code, path: file = realPath } = error as NodeJS.ErrnoException
      onWarning?.({
        code: 'rotated_not_deleted',
        message: `${file} could not be deleted (${code ?? 'no code'}), so more than ${rotateKeep} files are kept. Delete the older ones by hand, or give this user permission to delete them.`,
      })
    })
  }

  async function rotate(): Promise<LineFile> {
    const full = current?.realPath ?? path
    await forget()
    await rename(full, await rotatedPath(full, Date.now()))
    await syncDirectory(full)
    mayHaveTooMany = rotateKeep !== Number.POSITIVE_INFINITY
    return ready()
  }

  async function write(records: readonly R[], signal: AbortSignal): Promise<void> {
    const done: Progress = { safe: 0, unsynced: 0, safeSize: undefined }
    let refused: Fault | undefined
    try {
      refused = await append(records, signal, done)
    } catch (error) {
      // After a failed sync the system may treat the same bytes as written, so they are cut off and written again
      // through a new handle. If that fails too, the next open cuts the torn line.
      if (done.safeSize !== undefined) await current?.cutTo(done.safeSize).catch(() => undefined)
      await forget().catch(() => undefined)
      signal.throwIfAborted()
      throw Object.assign(isFault(error) ? error : fileFault(path, error), { accepted: done.safe })
    }
    if (refused) throw refused
  }

  /**
   * Resolves when everything is on disk. If one record cannot be encoded, the records before it are on disk and the
   * result is its fault.
   */
  async function append(
    records: readonly R[],
    signal: AbortSignal,
    done: Progress,
  ): Promise<Fault | undefined> {
    let file = await ready()
    done.safeSize = file.size
    await prune(file)
    const sync = async (): Promise<void> => {
      await file.sync()
      done.safe += done.unsynced
      done.unsynced = 0
    }
    const writer = writers.take()
    let refused: Fault | undefined
    try {
      for (const line of lines(records, writer)) {
        signal.throwIfAborted()
        if (file.size > 0 && file.size + line.bytes.length > rotateBytes) {
          await sync()
          file = await rotate()
          done.safeSize = file.size
        }
        await file.append(line.bytes)
        done.unsynced += line.records
      }
    } catch (error) {
      if (!isFault(error) || error.fault !== 'rejected') throw error
      refused = error
    }
    writers.giveBack(writer)
    await sync()
    return refused
  }

  const close = (): Promise<void> => oneAtATime(() => forget().finally(release))
  return {
    open: () =>
      oneAtATime(async () => {
        await ready().catch(async (error: unknown) => {
          await forget()
          throw isFault(error) ? error : fileFault(path, error)
        })
      }),
    write: (records, signal) => oneAtATime(() => write(records, signal)),
    close,
    [Symbol.asyncDispose]: close,
  }
}

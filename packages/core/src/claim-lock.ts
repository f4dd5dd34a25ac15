import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { alreadyRunning } from './state-faults.ts'

/** https://www.sqlite.org/rescode.html#busy */
const busy = 5

/**
 * One runner a pipeline: an exclusive transaction held open on a file beside the state. The operating system frees it when
 * the process dies, however it dies, so there is no stale lock to clear and no time-out to guess.
 */
export function claimLock(statePath: string, pipeline: string): () => void {
  const name = createHash('sha256').update(pipeline).digest('hex').slice(0, 12)
  const path = `${statePath}.${name}.lock`
  closeSync(openSync(path, 'a', 0o600))
  const lock = new DatabaseSync(path)
  try {
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    const { errcode } = error as { errcode?: number }
    throw errcode !== undefined && (errcode & 0xff) === busy ? alreadyRunning(pipeline) : error
  }
  return () => lock.close()
}

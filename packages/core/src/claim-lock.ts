import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { type FileLock, isLocked, takeLock } from './file-lock.ts'
import { alreadyRunning } from './state-faults.ts'

/** One runner a pipeline: a lock beside the state, held until it is released or the process dies. */
export function claimLock(statePath: string, pipeline: string): FileLock {
  const lock = takeLock(lockPath(statePath, pipeline))
  if (lock === undefined) throw alreadyRunning(pipeline)
  return lock
}

/** Whether a process runs this pipeline on this state, which is there. */
export function isRunning(statePath: string, pipeline: string): boolean {
  return isLocked(lockPath(statePath, pipeline))
}

/** Beside the state itself, whatever link leads to it. */
function lockPath(statePath: string, pipeline: string): string {
  const name = createHash('sha256').update(pipeline).digest('hex').slice(0, 12)
  return `${realpathSync.native(statePath)}.${name}.lock`
}

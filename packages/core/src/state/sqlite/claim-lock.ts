import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { type FileLock, isLocked, takeLock } from '../../files/file-lock.ts'
import { alreadyRunning } from '../state-faults.ts'

export interface ClaimLock {
  /** Takes the lock again if somebody deleted its file. Throws `already_running` if another process was faster. */
  keep(): void
  release(): void
}

/** One runner a pipeline: a lock beside the state, held until it is released or the process dies. */
export function claimLock(statePath: string, pipeline: string): ClaimLock {
  const path = lockPath(statePath, pipeline)
  let lock: FileLock | undefined
  const claim: ClaimLock = {
    keep() {
      if (lock?.holds()) return
      claim.release()
      lock = takeLock(path)
      if (lock === undefined) throw alreadyRunning(pipeline)
    },
    release() {
      lock?.release()
      lock = undefined
    },
  }
  claim.keep()
  return claim
}

/** Whether a process runs this pipeline on this state. The state must exist. */
export function isRunning(statePath: string, pipeline: string): boolean {
  return isLocked(lockPath(statePath, pipeline))
}

/** Next to the state file itself, even if a link leads to it. */
function lockPath(statePath: string, pipeline: string): string {
  const name = createHash('sha256').update(pipeline).digest('hex').slice(0, 12)
  return `${realpathSync.native(statePath)}.${name}.lock`
}

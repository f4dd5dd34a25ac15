import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Fault, fault } from '../../fault.ts'
import { fileIdentity } from '../../files/file-identity.ts'

/**
 * For a state that was just opened: a function that throws a fatal `state_gone` if the state or its log of writes was deleted or
 * replaced. SQLite itself would continue to write into the deleted file and report that as saved.
 */
export function statePresence(path: string): () => void {
  const place = resolve(path)
  const log = `${realpathSync.native(place)}-wal`
  const opened = fileIdentity(place)
  let openedLog: string | undefined
  return () => {
    const current = fileIdentity(place)
    if (current !== opened) throw gone(path, current === undefined)
    // SQLite makes the log with the first write, and keeps it until the last process has closed the state.
    const currentLog = fileIdentity(log)
    openedLog ??= currentLog
    if (currentLog !== openedLog) throw gone(log, currentLog === undefined)
  }
}

function gone(path: string, isMissing: boolean): Fault {
  const happened = isMissing
    ? `The state ${path} was deleted or moved away while this process used it`
    : `Another file was put in place of the state ${path} while this process used it`
  const message = `${happened}, so nothing more can be saved. Put the right state there and start again: what was delivered since its last saved position comes again, and without a state everything that Asana still keeps.`
  return fault({ fault: 'fatal', final: true, code: 'state_gone', message })
}

import { statfsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { fault } from '../../fault.ts'
import { applicationId } from './sqlite-file.ts'

/** A commit of some thousand events fits in it. */
const roomBytes = 2 ** 20

/**
 * Called inside a transaction: writes a page that stays as it was, so that the transaction fails where a commit would. The log of writes
 * may still have room for this page and not for a commit, so the room on the disk counts as well.
 */
export function probeWrite(database: DatabaseSync, path: string): void {
  database.exec(`PRAGMA application_id = ${applicationId}`)
  const { blocks, bavail, bsize } = statfsSync(path)
  // Some file systems have no size, such as a tmpfs without a limit.
  if (blocks === 0 || bavail * bsize >= roomBytes) return
  const message = `Less than 1 MiB is free on the disk of the state ${path}, so a position may not be saved. Free some; nothing is lost.`
  throw fault({ fault: 'fatal', code: 'disk_full', message })
}

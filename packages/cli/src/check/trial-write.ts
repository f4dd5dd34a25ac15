import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Fault, fault } from '@asana-audit/core'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'

/** As much as a state needs to save a position. */
const roomBytes = 2 ** 20

/** Writes as much as a new state needs, and removes it: only a write shows that a disk is full. Rejects with the fault that the first run would have. */
export async function trialWrite(statePath: string): Promise<void> {
  const folder = existingFolder(dirname(resolve(statePath)))
  const trial = join(folder, `.asana-audit-check-${randomUUID()}`)
  try {
    const file = await open(trial, 'wx', 0o600)
    try {
      // `write` alone may end before all of it is written.
      await file.writeFile(Buffer.alloc(roomBytes))
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    throw unwritable(statePath, folder, error)
  } finally {
    await rm(trial, { force: true })
  }
}

/** The missing folders of the default path are made by the first run. */
function existingFolder(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : existingFolder(dirname(folder))
}

function unwritable(statePath: string, folder: string, error: unknown): Fault {
  const code = codeOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const message = `Less than 1 MiB is free for the state ${statePath}, which the first run makes. Free some disk space, or use another path.`
    return fault({ fault: 'fatal', code: 'disk_full', message, cause: error })
  }
  const what = code === 'ENOENT' ? 'does not exist' : 'cannot be written'
  const message = `The folder ${folder}, which is to hold the state, ${what} (${code}). ${pathStep(error)}`
  return fault({ fault: 'fatal', code: 'state_unusable', message, cause: error })
}

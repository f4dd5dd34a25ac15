import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isLocked } from '@asana-audit/core/file-lock'
import type { ArchiveDestination } from '../config/destination/archive-destination.ts'
import { folderProblem, newFileProblem } from './folder-problem.ts'
import type { Verdict } from './verdict.ts'

/** Looks at the folder and writes nothing. `statePath`: of the runner that may be writing there, if known. */
export async function checkArchive(
  pipeline: string,
  { location, signing }: ArchiveDestination,
  statePath: string | undefined,
): Promise<Verdict> {
  const isThere = existsSync(location)
  if (isThere && !statSync(location).isDirectory()) {
    const message = `${location} is a file. Give the path of a folder, for example archive:${location}-archive.`
    return { ok: false, code: 'not_writable', message }
  }
  const problem = isThere ? await folderProblem(location) : await newFileProblem(location)
  if (problem !== undefined) return { ok: false, code: 'not_writable', message: problem }
  const signed = signing
    ? `Entries of the manifest are signed with the key in ${signing.path}.`
    : 'Entries of the manifest form a chain and are not signed: signing_key_file in YAML names a key.'
  const lock = join(location, '.lock')
  if (!existsSync(lock) || !isLocked(lock)) {
    const what = isThere ? 'can be written' : 'can be created'
    return { ok: true, message: `The archive ${location} ${what}. ${signed}` }
  }
  const { isRunning } = await import('@asana-audit/core/sqlite-state')
  if (statePath !== undefined && existsSync(statePath) && isRunning(statePath, pipeline))
    return { ok: true, message: `${location} is in use by the runner of this pipeline. ${signed}` }
  const message = `Another process writes the archive ${location}. Stop it, or choose another folder.`
  return { ok: false, code: 'archive_in_use', message }
}

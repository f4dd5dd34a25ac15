import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ObjectStore } from '@asana-audit/archive'
import type { NamedPath } from '@asana-audit/core/config'
import { codeOf } from '@asana-audit/core/sink-kit'
import { commonSettings } from '../../config/common-settings.ts'
import { isMisspeltS3, isS3, s3Location, writeS3 } from '../../config/destination/s3-location.ts'
import { commandLine, inHome } from '../../config/origin.ts'
import type { Problem } from '../../terminal/problem.ts'

/** Whether a name is that of an archive, and not of a file: a bucket, or a folder. */
export function isArchive(written: string): boolean {
  const location = written.replace(/^archive:/, '')
  return isS3(location) || isMisspeltS3(location) || location !== written || isFolder(location)
}

/** The folders among the locations of archives, to be compared with other paths. */
export function archiveFolders(written: readonly string[], setting: string): NamedPath[] {
  return written
    .map((one) => one.replace(/^archive:/, ''))
    .filter((location) => !isS3(location) && !isMisspeltS3(location))
    .map((location) => ({ setting, path: inHome(location) }))
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/**
 * The archive at a location, to be read: the usual variables of AWS say how a bucket is reached. Adds a problem with the name `setting` and
 * returns undefined if it cannot be.
 */
export async function archiveAt(
  written: string,
  setting: string,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<ObjectStore | undefined> {
  const before = problems.length
  const location = written.replace(/^archive:/, '')
  const path = inHome(location)
  const { proxies } = await commonSettings(env, problems)
  const origin = commandLine(() => setting)
  const s3 = isS3(location) ? await s3Location({ location }, () => setting, origin, env, problems) : undefined
  const unusable = isS3(location) ? undefined : folderProblem(path)
  if (unusable !== undefined) problems.push({ setting, message: unusable })
  if (problems.length > before) return undefined
  const { patientArchiveStore } = await import('./archive-store.ts')
  return patientArchiveStore({ location: s3 ? location : path, s3 }, proxies)
}

/** The same, for a command that needs an archive which holds something: a folder without a manifest is a problem. */
export async function filledArchiveAt(
  written: string,
  setting: string,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<ObjectStore | undefined> {
  const folder = inHome(written.replace(/^archive:/, ''))
  if (!isFolder(folder) || existsSync(join(folder, '_manifest')))
    return archiveAt(written, setting, env, problems)
  const message = `${folder} is not an archive: it has no _manifest. ${step}`
  problems.push({ setting, message })
  return undefined
}

const step = 'Give the folder of the archive: the one that holds _manifest.'

function folderProblem(path: string): string | undefined {
  try {
    if (statSync(path).isDirectory()) return undefined
    return `${path} is a file. ${step}`
  } catch (error) {
    return `${path} cannot be read (${codeOf(error)}). ${isMisspeltS3(path) ? writeS3 : step}`
  }
}

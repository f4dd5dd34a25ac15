import { constants, existsSync } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'
import type { StatePath } from '../state-path.ts'
import { folderProblem, newFileProblem } from './folder-problem.ts'

/** Why the file of an existing state cannot be opened, and what to do. Undefined if it can, and if there is none. */
export async function stateFileProblem(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path)
    if (found.isDirectory())
      return `The state ${path} is a folder. Give the path of a file in it, for example ${join(path, 'state.db')}.`
    if (!found.isFile())
      return `The state ${path} is not a regular file. Use another path, for example /var/lib/asana-audit/state.db.`
    await access(path, constants.R_OK | constants.W_OK)
    return undefined
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (await isReadable(path))
      return `${path} can be read, but not written (${codeOf(error)}). A state is opened for writing, also by commands that only show it. Run the command as the owner of the file, or give this user the permission.`
    return `${path} cannot be read and written (${codeOf(error)}). ${pathStep(error)}`
  }
}

async function isReadable(path: string): Promise<boolean> {
  return await access(path, constants.R_OK).then(
    () => true,
    () => false,
  )
}

/** The same for a command that makes a missing state. SQLite makes files beside the state, so the folder counts too. */
export async function newStateProblem({
  statePath,
  statePathIsDefault,
}: Pick<StatePath, 'statePath' | 'statePathIsDefault'>): Promise<string | undefined> {
  const problem = await stateFileProblem(statePath)
  if (problem !== undefined || !statePathIsDefault) return problem ?? (await newFileProblem(statePath))
  // The missing folders of the default path are made.
  let folder = dirname(resolve(statePath))
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder)
  return await folderProblem(folder)
}

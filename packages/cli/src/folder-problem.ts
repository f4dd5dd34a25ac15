import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { codeOf, pathStep } from '@asana-audit/core'

/** Why nothing can be put into a folder, and what to do; undefined where it can. */
export async function folderProblem(folder: string): Promise<string | undefined> {
  try {
    await access(folder, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return `The folder ${folder} cannot be written (${codeOf(error)}). ${pathStep(error)}`
  }
}

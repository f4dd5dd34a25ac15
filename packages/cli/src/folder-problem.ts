import { constants } from 'node:fs'
import { access } from 'node:fs/promises'

/** Why nothing can be put into a folder, and what to do; undefined where it can. */
export async function folderProblem(folder: string): Promise<string | undefined> {
  try {
    await access(folder, constants.W_OK)
    return undefined
  } catch (error) {
    return `The folder ${folder} cannot be written (${(error as { code?: string }).code}). Make it, or name another.`
  }
}

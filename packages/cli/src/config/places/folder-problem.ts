import { constants } from 'node:fs'
import { access, readlink, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'

/** Why no file can be created in a folder, and what to do. Undefined if it can. */
export async function folderProblem(folder: string): Promise<string | undefined> {
  try {
    // With the dot, a file fails with ENOTDIR instead of being reported as a missing permission.
    await access(`${folder}/.`, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    const code = codeOf(error)
    const what = code === 'ENOENT' ? 'does not exist' : 'cannot be written'
    return `The folder ${folder} ${what} (${code}). ${pathStep(error)}`
  }
}

/** Why a new file cannot be created, and what to do. Undefined if it can. Links are followed to their target. */
export async function newFileProblem(path: string): Promise<string | undefined> {
  const code = await stat(path).then(() => undefined, codeOf)
  if (code !== undefined && unusableNames.has(code)) {
    return `${path} cannot be created (${code}). ${pathStep({ code })}`
  }
  return await folderProblem(dirname(await endOfLinks(resolve(path))))
}

/** A circle of links, and a name that is too long: the folder is not the cause. */
const unusableNames = new Set(['ELOOP', 'ENAMETOOLONG'])

async function endOfLinks(path: string): Promise<string> {
  const target = await readlink(path).catch(() => undefined)
  return target === undefined ? path : await endOfLinks(resolve(dirname(path), target))
}

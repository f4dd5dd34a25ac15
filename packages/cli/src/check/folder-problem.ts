import { constants } from 'node:fs'
import { access, readlink, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'

/** Why nothing can be put into a folder, and what to do; undefined where it can. */
export async function folderProblem(folder: string): Promise<string | undefined> {
  try {
    // The dot makes a file fail with ENOTDIR, so that it is not reported as a missing right.
    await access(`${folder}/.`, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return `The folder ${folder} cannot be written (${codeOf(error)}). ${pathStep(error)}`
  }
}

/** Why a file that is not there cannot be made, and what to do; undefined where it can. A link is followed to where it leads. */
export async function newFileProblem(path: string): Promise<string | undefined> {
  const code = await stat(path).then(() => undefined, codeOf)
  if (code !== undefined && unusableNames.has(code)) {
    return `${path} cannot be made (${code}). ${pathStep({ code })}`
  }
  return await folderProblem(dirname(await endOfLinks(resolve(path))))
}

/** Links in a circle, and a name that is too long: no folder is at fault. */
const unusableNames = new Set(['ELOOP', 'ENAMETOOLONG'])

async function endOfLinks(path: string): Promise<string> {
  const target = await readlink(path).catch(() => undefined)
  return target === undefined ? path : await endOfLinks(resolve(dirname(path), target))
}

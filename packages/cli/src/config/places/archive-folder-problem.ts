import { existsSync, statSync } from 'node:fs'
import { folderProblem, newFileProblem } from './folder-problem.ts'

/** Why a folder cannot hold an archive, and what to do. Undefined if it can, and if it can be made. */
export async function archiveFolderProblem(location: string): Promise<string | undefined> {
  if (!existsSync(location)) return await newFileProblem(location)
  if (statSync(location).isDirectory()) return await folderProblem(location)
  return `${location} is a file. Give the path of a folder, for example archive:${location}-archive.`
}

import { constants, existsSync } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'
import type { Destination } from '../destination/destination.ts'
import { newFileProblem } from './folder-problem.ts'

type FileDestination = Extract<Destination, { kind: 'file' }>

/**
 * Why a file cannot be written, and what to do. Undefined if it can. An existing file is appended to. Its folder must be writable to create
 * the file, the next file of a rotation, and the lock file.
 */
export async function outputFileProblem({ path, rotateBytes }: FileDestination): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found) {
    if (found.isDirectory())
      return `${path} is a folder. Name a file in it, for example file:${join(path, 'asana-audit.jsonl')}.`
    // To open a pipe may wait for ever, and what a device takes is on no disk.
    if (!found.isFile())
      return `${path} is a pipe or a device, and not a file. Give the path of a file, or write to standard output (--to stdout).`
    try {
      // The file must be readable too: the writer looks for a half-written line of an earlier run first.
      await access(path, constants.R_OK | constants.W_OK)
    } catch (error) {
      return `${path} cannot be read and written (${codeOf(error)}). ${pathStep(error)}`
    }
    if (found.nlink > 1)
      return `${path} has ${found.nlink} names (hard links), so another process could write to it through another name. Delete the other names, or choose another file.`
    if (found.size > 0) {
      // The package is loaded for a file that has lines.
      const { foreignLinesProblem } = await import('@asana-audit/jsonl')
      const foreign = await foreignLinesProblem(path)
      if (foreign !== undefined) return foreign
    }
    if (rotateBytes === undefined && existsSync(`${path}.lock`)) return undefined
  }
  return await newFileProblem(path)
}

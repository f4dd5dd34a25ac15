import { existsSync } from 'node:fs'
import { access, constants, open, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'

const firstBytes = '<!doctype html>'

/**
 * Why the page cannot be written to this path, and what to do. Undefined if it can. An earlier report is replaced. Nothing else is:
 * a mistyped path may name the state, a file of events or an object of an archive, and what was in it would be gone.
 */
export async function pageFileProblem(out: string): Promise<string | undefined> {
  const found = await stat(out).catch(() => undefined)
  if (found?.isDirectory())
    return `${out} is a directory. Name a file, for example ${join(out, 'report.html')}.`
  if (found && !found.isFile())
    return `${out} is a pipe or a device, and not a file. Name a file, or give - for standard output.`
  const archive = archiveAround(out)
  if (archive !== undefined)
    return `${out} is in the archive ${archive}, which holds nothing but what run writes. Name a file outside of it.`
  try {
    // With a slash, or a file in place of the folder would do.
    await access(`${dirname(out)}/`, constants.W_OK)
  } catch (error) {
    return `The folder of ${out} is not writable (${codeOf(error)}). ${pathStep(error)}`
  }
  return found && found.size > 0 ? await replacedProblem(out) : undefined
}

async function replacedProblem(out: string): Promise<string | undefined> {
  try {
    if (await isPage(out)) return undefined
  } catch (error) {
    return `${out} is there and cannot be read (${codeOf(error)}), so nobody knows what the report would replace. Name another file.`
  }
  return `${out} is there and is no HTML page, and the report would replace it. Name another file, for example report.html.`
}

async function isPage(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(firstBytes.length), position: 0 })
    return buffer.toString('latin1', 0, bytesRead).toLowerCase() === firstBytes
  } finally {
    await file.close()
  }
}

/** The folder of the archive that the path is in. */
function archiveAround(path: string): string | undefined {
  let folder = dirname(resolve(path))
  while (!existsSync(join(folder, '_manifest'))) {
    const parent = dirname(folder)
    if (parent === folder) return undefined
    folder = parent
  }
  return folder
}

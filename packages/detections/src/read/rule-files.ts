import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RuleFile } from './read-rules.ts'

/** The folder with the rules of this package, also for other tools. */
export const shippedRulesFolder: string = join(import.meta.dirname, '..', '..', 'rules')

/**
 * The texts of one file, or of every `.yml` and `.yaml` file in a folder and its subfolders. Rejects with Node's own error; with the code
 * `not_a_file` and a `path` for something else in a folder that has such a name, which is not opened.
 */
export async function ruleFiles(path: string): Promise<RuleFile[]> {
  const isFolder = (await stat(path)).isDirectory()
  const names = isFolder
    ? (await readdir(path, { recursive: true })).filter((name) => /\.ya?ml$/.test(name)).sort()
    : []
  const paths = isFolder ? names.map((name) => join(path, name)) : [path]
  // Opening a named pipe waits for its writer. One that a user names has a writer: a shell makes it for <(…).
  if (isFolder) for (const one of paths) await mustBeFile(one)
  return await Promise.all(paths.map(async (name) => ({ name, text: await readFile(name, 'utf8') })))
}

async function mustBeFile(path: string): Promise<void> {
  if ((await stat(path)).isFile()) return
  throw Object.assign(new Error(`${path} is not a file.`), { code: 'not_a_file', path })
}

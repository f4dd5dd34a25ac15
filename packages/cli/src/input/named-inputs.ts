import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ObjectStore } from '@asana-audit/archive'
import type { Problem } from '../terminal/problem.ts'
import { archiveAt, isArchive, isFolder } from './archive/archive-location.ts'
import { fileProblem } from './files/file-problem.ts'

/** What a user names to be read: a file, which may be `-` for standard input, or an archive with a manifest. */
export type NamedInput = { readonly file: string } | { readonly archive: ObjectStore }

/** Finds out what each name is. Adds problems with the name `setting`, once for the same name. */
export async function namedInputs(
  names: readonly string[],
  setting: string,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<NamedInput[]> {
  const inputs: NamedInput[] = []
  const found: Problem[] = []
  for (const name of names) {
    if (isArchive(name)) {
      const message = folderProblem(name)
      if (message) found.push({ setting, message })
      const archive = message ? undefined : await archiveAt(name, setting, env, found)
      if (archive) inputs.push({ archive })
      continue
    }
    const message = fileProblem(name)
    if (message) found.push({ setting, message })
    inputs.push({ file: name })
  }
  if (names.filter((name) => name === '-').length > 1)
    found.push({ setting, message: 'Standard input (-) can be read only once. Give - once.' })
  problems.push(...new Map(found.map((one) => [`${one.setting} ${one.message}`, one])).values())
  return inputs
}

/** A folder of files is easily taken for an archive. Undefined if it may be one. */
function folderProblem(name: string): string | undefined {
  if (!isFolder(name) || existsSync(join(name, '_manifest'))) return undefined
  return `${name} is a folder without an archive: it has no _manifest. Give the folder of an archive, or name files, for example ${name.replace(/\/$/, '')}/*.jsonl.`
}

import { statSync } from 'node:fs'

/** Which file it is, whatever path leads to it: links, other spellings of a name, mounts. Undefined where there is none. */
export function fileIdentity(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}

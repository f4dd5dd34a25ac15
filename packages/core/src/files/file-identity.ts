import { statSync } from 'node:fs'

/** Identifies a file independently of its path (links, other spellings, mounts). Undefined if there is no file. */
export function fileIdentity(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}

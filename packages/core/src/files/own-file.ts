import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs'

/**
 * Makes an empty file that only its owner can read, if missing. For an existing file it checks the permissions without opening it: on
 * POSIX systems, closing it again would drop every lock this process holds on it through SQLite.
 */
export function makeOwnFile(path: string): void {
  if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK)
  else closeSync(openSync(path, 'a', 0o600))
}

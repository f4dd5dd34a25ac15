import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs'

/**
 * Makes an empty file readable by its owner alone, where there is none. One that is there is asked for its rights and not opened: on
 * POSIX systems, closing it again would drop every lock this process holds on it through SQLite.
 */
export function makeOwnFile(path: string): void {
  if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK)
  else closeSync(openSync(path, 'a', 0o600))
}

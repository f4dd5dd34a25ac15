import { globSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { releasedPackages, releasedVersion } from './packages.ts'

const root = join(import.meta.dirname, '../..')

/** The version that everything built for a release carries. */
export const version: string = releasedVersion(releasedPackages(root))

/** The folder for what `pnpm build:…` makes for a release. It exists after this call. */
export function artifactFolder(): string {
  const folder = join(root, 'dist')
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Where `pnpm build:executable` puts the command as one program. */
export const executablePath = (): string =>
  join(artifactFolder(), `asana-audit-${version}-linux-${process.arch}`)

/** The archives of an app for Splunk, of every version, with their lists of parts. Not of an app whose name only begins in the same way. */
export const archivesOf = (appId: string): string => `${appId}-[0-9]*.tgz*`

/**
 * Removes what earlier builds left in a folder: all that matches one of the patterns, but the paths to keep and what goes with each, such as
 * `PATH-licences.txt`. So nobody installs an old one by a pattern.
 */
export function removeOlder(folder: string, patterns: readonly string[], keep: readonly string[]): void {
  for (const name of globSync([...patterns], { cwd: folder })) {
    const path = join(folder, name)
    if (!keep.some((kept) => path.startsWith(kept))) rmSync(path, { recursive: true })
  }
}

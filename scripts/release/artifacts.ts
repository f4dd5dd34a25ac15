import { mkdirSync } from 'node:fs'
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

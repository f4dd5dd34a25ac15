import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from './manifest-fields.ts'

export interface ReleasedPackage {
  /** Its path from the root, such as `packages/core`. */
  readonly folder: string
  readonly manifest: Manifest & { readonly name: string; readonly version: string }
}

/** Every package with the common version, the private add-on too. */
export function releasedPackages(root: string): ReleasedPackage[] {
  return globSync('packages/*/package.json', { cwd: root })
    .toSorted()
    .map((path) => ({
      folder: path.replaceAll('\\', '/').replace('/package.json', ''),
      manifest: JSON.parse(readFileSync(join(root, path), 'utf8')) as ReleasedPackage['manifest'],
    }))
}

/** The one version of all packages. */
export function releasedVersion(packages: readonly ReleasedPackage[]): string {
  const versions = new Set(packages.map(({ manifest }) => manifest.version))
  const [version] = versions
  if (version === undefined || versions.size > 1) {
    throw new Error(`All packages carry one version, and these were found: ${[...versions].join(', ')}.`)
  }
  return version
}

/** Whether the changelog of a package has an entry for its version. */
export function hasChangelogEntry(root: string, { folder, manifest }: ReleasedPackage): boolean {
  const changelog = join(root, folder, 'CHANGELOG.md')
  return existsSync(changelog) && readFileSync(changelog, 'utf8').includes(`\n## ${manifest.version}\n`)
}

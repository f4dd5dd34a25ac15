import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface PackageFolder {
  readonly name: string
  readonly path: string
}

export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** As its manifest states it, such as `MIT`. */
  readonly license: string
  readonly path: string
  /** One of this repository. */
  readonly ours: boolean
}

/** The installed package of a file; undefined for one of our files. */
export function packageFolderOf(file: string): PackageFolder | undefined {
  const [, path, name] = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(file) ?? []
  return path === undefined || name === undefined ? undefined : { name, path }
}

/** The packages of bundled files, ours too, each once, sorted by name. `files` are absolute paths, or names that the bundler invents. */
export function bundledPackages(files: readonly string[]): BundledPackage[] {
  const paths = new Set(files.flatMap((file) => packageFolderOf(file)?.path ?? ownFolderOf(file) ?? []))
  return [...paths].map(read).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function ownFolderOf(file: string): string | undefined {
  return /^(.*\/packages\/[^/]+)\/src\//.exec(file)?.[1]
}

function read(path: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
    readonly name: string
    readonly version: string
    readonly license?: string
  }
  if (license === undefined) throw new Error(`${name} states no licence. Look whether it may be bundled.`)
  return { name, version, license, path, ours: !path.includes('/node_modules/') }
}

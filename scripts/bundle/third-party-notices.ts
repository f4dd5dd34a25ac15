import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface PackageFolder {
  readonly name: string
  readonly path: string
}

/** The installed package that a file belongs to; undefined for a file of ours. */
export function packageFolderOf(file: string): PackageFolder | undefined {
  const [, path, name] = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(file) ?? []
  return path === undefined || name === undefined ? undefined : { name, path }
}

/** Licences that ask for nothing but that their text is passed on. Others are for a person to look at first. */
const passedOn = new Set(['Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'])

/**
 * The text that a package must hold that other packages were bundled into: name, version and licence of each. `files`: what was bundled,
 * by absolute path. Throws for a package that has no licence text or another licence.
 */
export function thirdPartyNotices(files: readonly string[]): string {
  const folders = new Map(
    files.flatMap((file) => packageFolderOf(file) ?? []).map(({ name, path }) => [name, path]),
  )
  const notices = [...folders].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => notice(path))
  return `The command contains the following packages.\n\n${notices.join(`\n${'-'.repeat(80)}\n\n`)}`
}

function notice(path: string): string {
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
    readonly name: string
    readonly version: string
    readonly license?: string
  }
  const { name, version, license = 'none' } = manifest
  if (!passedOn.has(license))
    throw new Error(`${name} has the licence ${license}. Look whether it may be bundled, and add it here.`)
  const texts = readdirSync(path).filter((file) => /^(licen[cs]e|notice)(\.\w+)?$/i.test(file))
  if (texts.length === 0) throw new Error(`${name} has no file with its licence, which must be passed on.`)
  const text = texts.map((file) => readFileSync(join(path, file), 'utf8').trim()).join('\n\n')
  return `${name} ${version} (${license})\n\n${text}\n`
}

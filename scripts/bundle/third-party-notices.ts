import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface PackageFolder {
  readonly name: string
  readonly path: string
}

/** The installed package of a file; undefined for one of our files. */
export function packageFolderOf(file: string): PackageFolder | undefined {
  const [, path, name] = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(file) ?? []
  return path === undefined || name === undefined ? undefined : { name, path }
}

/** Licences that only require a copy of their text. A person must read any other licence first. */
const passedOn = new Set(['Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'])

/**
 * The notices for bundled packages: name, version and licence of each. `files` are the bundled files by absolute path. Throws for a
 * package without a licence text or with another licence.
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

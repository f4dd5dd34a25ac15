import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BundledPackage } from './bundled-packages.ts'

/** Licences that only require a copy of their text. A person must read any other licence first. */
const passedOn = new Set(['Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'])

/**
 * The notices for the packages of others: name, version and licence of each. Throws for a package without a licence text or with another
 * licence.
 */
export function thirdPartyNotices(packages: readonly BundledPackage[]): string {
  const notices = packages.filter(({ ours }) => !ours).map(notice)
  return `The command contains the following packages.\n\n${notices.join(`\n${'-'.repeat(80)}\n\n`)}`
}

function notice({ name, version, license, path }: BundledPackage): string {
  if (!passedOn.has(license))
    throw new Error(`${name} has the licence ${license}. Look whether it may be bundled, and add it here.`)
  const texts = readdirSync(path).filter((file) => /^(licen[cs]e|notice)(\.\w+)?$/i.test(file))
  const found = texts.map((file) => readFileSync(join(path, file), 'utf8').trim())
  const text = found.length > 0 ? found.join('\n\n') : licenceInReadme(path)
  if (text === undefined) throw new Error(`${name} has no file with its licence, which must be passed on.`)
  return `${name} ${version} (${license})\n\n${text}\n`
}

/** The last section of a README, where it has the text of a licence. */
function licenceInReadme(path: string): string | undefined {
  const readme = readdirSync(path).find((file) => /^readme(\.\w+)?$/i.test(file))
  if (readme === undefined) return undefined
  const [, text] = readFileSync(join(path, readme), 'utf8').split(/^#+ licen[cs]e$/im)
  return text?.includes('Permission is hereby granted') ? text.trim() : undefined
}

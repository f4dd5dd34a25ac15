/**
 * Writes the tables of options in the pages of the packages from the TSDoc of their interfaces. Run `pnpm generate:options` after a
 * change of either. A table is between `<!-- options: AsanaSourceOptions -->` and `<!-- /options -->`, which may name several interfaces
 * with commas. If several tables of a package have an option, only the first shows it. A table has the first paragraph of each comment;
 * only editors show the others.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isRequired, type Option, type OptionReader, optionReader } from '../options/interfaces.ts'
import { fillMarkers, table } from './parts/markdown.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export const packageFolders: readonly string[] = globSync('packages/*/README.md', { cwd: root }).map(
  (path) => `${root}${dirname(path)}`,
)

/** The README of a package, and then its other pages by name: the order in which their tables show options. */
export function pagesOf(folder: string): string[] {
  return ['README.md', ...globSync('docs/*.md', { cwd: folder }).toSorted()].map((page) => join(folder, page))
}

/** The pages of a package as they should be, by path. */
export function withOptionTables(folder: string, reader: OptionReader): ReadonlyMap<string, string> {
  const shown = new Set<string>()
  const key = ({ file, index }: Option): string => `${file} ${index}`
  const filled = (path: string): string =>
    fillMarkers(readFileSync(path, 'utf8'), 'options', (names) => {
      const options = names
        .split(', ')
        .flatMap((name) => reader.optionsOf(folder, name))
        .filter((option) => !shown.has(key(option)))
      for (const option of options) shown.add(key(option))
      return table(['option', 'default', 'meaning'], options.map(row))
    })
  return new Map(pagesOf(folder).map((path) => [path, filled(path)]))
}

function row(option: Option): string[] {
  if (option.meaning === '')
    throw new Error(`The option ${option.name} has no comment that says what it is for.`)
  return [`\`${option.name}\``, defaultOf(option), option.meaning.replaceAll('|', '\\|')]
}

/** Writes numbers with commas, texts and words of the language as code, and sentences unchanged. */
function defaultOf(option: Option): string {
  const { default: written } = option
  if (written === undefined) return isRequired(option) ? 'required' : 'none'
  if (/^[\d_]+$/.test(written)) return Number(written.replaceAll('_', '')).toLocaleString('en-US')
  const word = /^'(.*)'$/.exec(written)?.[1] ?? (/^(?:true|false|null)$/.test(written) ? written : undefined)
  return word === undefined ? written : `\`${word}\``
}

if (import.meta.main) {
  const reader = optionReader()
  for (const folder of packageFolders)
    for (const [path, text] of withOptionTables(folder, reader)) writeFileSync(path, text)
  reader.close()
}

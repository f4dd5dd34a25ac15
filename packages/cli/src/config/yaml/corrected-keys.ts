import { isAlias, isMap, isScalar, isSeq, type Pair, type Scalar } from 'yaml'
import { meantNames } from '../../terminal/did-you-mean.ts'
import type { Problem } from '../../terminal/problem.ts'
import { fileLine } from './file-line.ts'
import { unknownSetting } from './unknown-setting.ts'
import type { YamlText } from './yaml-text.ts'

/** The settings that a map may have, each with those inside its value; undefined: not known here. `*`: names of the user's own. */
export interface SettingNames {
  readonly [name: string]: SettingNames | undefined
}

/** What people call a setting that has another name. */
const otherWords: Readonly<Record<string, string>> = {
  destination: 'to',
  destinations: 'to',
  output: 'to',
  dialect: 'format',
}

/**
 * Reports each mistyped key of a map, and corrects it in the document, so that it has no consequence: what it means is not also missing,
 * and its value is checked. Keys that are like no setting stay as they are.
 */
export function correctKeys(
  { document, lines }: Pick<YamlText, 'document' | 'lines'>,
  names: SettingNames,
  file: string,
  problems: Problem[],
): void {
  const seen = new Set<unknown>()

  function look(written: unknown, known: SettingNames | undefined, path: string): void {
    const node = isAlias(written) ? written.resolve(document) : written
    if (known === undefined || seen.has(node)) return
    seen.add(node)
    if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) look(item, known, `${path}[${index}]`)
    } else if (isMap(node)) {
      const within = path && `${path}.`
      for (const pair of [...node.items]) {
        if (!isScalar(pair.key)) continue
        const name = correct(pair as Pair<Scalar, unknown>, node.items, known, within)
        if (name === undefined) node.items.splice(node.items.indexOf(pair), 1)
        else look(pair.value, Object.hasOwn(known, name) ? known[name] : known['*'], within + name)
      }
    }
  }

  /** The name of the setting from now on. Undefined if the one that is meant is there too. */
  function correct(
    { key }: Pair<Scalar, unknown>,
    beside: readonly Pair[],
    known: SettingNames,
    within: string,
  ): string | undefined {
    const name = String(key.value)
    if (Object.hasOwn(known, name) || Object.hasOwn(known, '*')) return name
    const { meant, ...problem } = meaningOf(name, Object.keys(known))
    if (meant === undefined) return name
    const { line } = lines.linePos(key.range?.[0] ?? 0)
    problems.push({ setting: `${fileLine(file, line)}: ${within}${name}`, ...problem })
    if (beside.some((other) => isScalar(other.key) && other.key.value === meant)) return undefined
    key.value = meant
    return meant
  }

  look(document.contents, names, '')
}

/** The one setting that is meant, if it is clear which, and the problem. */
function meaningOf(
  name: string,
  known: readonly string[],
): Omit<Problem, 'setting'> & { readonly meant: string | undefined } {
  const problem = unknownSetting(name, known)
  const meant = meantNames(name, known)
  if (meant.length > 0) return { ...problem, meant: meant.length === 1 ? meant[0] : undefined }
  const words = Object.entries(otherWords).flatMap(([word, of]) => (known.includes(of) ? [word] : []))
  const word = words.includes(name) ? name : meantNames(name, words)[0]
  const called = word === undefined ? undefined : otherWords[word]
  if (called === undefined) return { ...problem, meant: undefined }
  return { message: `There is no such setting. The ${word} is called "${called}".`, meant: called }
}

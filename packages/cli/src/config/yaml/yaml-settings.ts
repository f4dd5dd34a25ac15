import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { codeOf, pathStep } from '@asana-audit/core/sink-kit'
import { isScalar, visit } from 'yaml'
import type { Problem } from '../../terminal/problem.ts'
import { inFolder, type Origin } from '../origin.ts'
import { correctKeys, type SettingNames } from './corrected-keys.ts'
import { fileLine } from './file-line.ts'
import { quotedValue } from './quoted-value.ts'
import { pathsOf, yamlLocation } from './yaml-location.ts'
import { type YamlText, yamlText } from './yaml-text.ts'

/** A file of settings as it was written; nothing of it is checked. */
export interface YamlSettings {
  readonly written: Readonly<Record<string, unknown>>
  readonly origin: Origin
  /** The dotted paths of those with a variable that is not set. */
  readonly unset: readonly string[]
}

/** What a kind of settings file may hold. */
export interface FileForm {
  readonly names: SettingNames
  /** In a sentence, with an example. */
  readonly good: string
}

/** Reads a file that holds a map of settings, and adds its problems to `problems`. Undefined if it cannot be read at all. */
export function readYamlSettings(
  path: string,
  env: NodeJS.ProcessEnv,
  { names, good }: FileForm,
  problems: Problem[],
): YamlSettings | undefined {
  const text = readText(path, problems)
  const yaml = text === undefined ? undefined : yamlText(text, path, env, problems)
  if (yaml) correctKeys(yaml, names, path, problems)
  const data = yaml && asData(yaml, path, problems)
  if (!yaml || data === undefined) return undefined
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    problems.push({ setting: path, message: `It is not a map of settings. ${good}` })
    return undefined
  }
  return {
    written: data as Readonly<Record<string, unknown>>,
    origin: originOf(yaml, path),
    unset: pathsOf(yaml.document, yaml.unset),
  }
}

function originOf({ document, lines, substituted }: YamlText, path: string): Origin {
  const folder = dirname(resolve(path))
  const place = (setting: string): string => fileLine(path, yamlLocation(document, lines, setting).line)
  const variables = (setting: string): string[] => {
    const { node } = yamlLocation(document, lines, setting)
    const names: string[] = []
    if (node) {
      visit(node, (_, part) => {
        if (isScalar(part)) names.push(...(substituted.get(part) ?? []))
      })
    }
    return names
  }
  return {
    settingName: (setting) => `${place(setting)}: ${setting}`,
    place,
    file: (written) => inFolder(folder, written),
    // The value of a variable may be a secret in any setting.
    quoted: (setting, value) => (variables(setting).length > 0 ? undefined : quotedValue(value)),
    variables,
  }
}

function asData({ document }: YamlText, path: string, problems: Problem[]): unknown {
  try {
    return document.toJS() ?? {}
  } catch (error) {
    // Some errors of aliases are thrown instead of being in the list of errors.
    if (!(error instanceof ReferenceError)) throw error
    problems.push({ setting: path, message: 'It has too many aliases (*name). Write them out.' })
    return undefined
  }
}

/** The messages name the path: it is not a secret. */
function readText(path: string, problems: Problem[]): string | undefined {
  try {
    const bytes = readFileSync(path)
    if (isUtf8(bytes)) return bytes.toString()
    problems.push({ setting: '--config', message: `${path} is not UTF-8 text. Save it as UTF-8.` })
    return undefined
  } catch (error) {
    const code = codeOf(error)
    const step = code === 'ENOENT' ? 'Name a file that is there.' : pathStep(error)
    problems.push({ setting: '--config', message: `${path} cannot be read (${code}). ${step}` })
    return undefined
  }
}

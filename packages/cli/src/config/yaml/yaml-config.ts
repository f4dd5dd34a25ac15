import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isPostgresAddress } from '@asana-audit/core/config'
import { codeOf } from '@asana-audit/core/sink-kit'
import { isScalar, visit } from 'yaml'
import type { Problem } from '../../terminal/problem.ts'
import { fileSettings } from '../file-document.ts'
import { listenSettings, type WrittenListen } from '../monitoring/listen.ts'
import { inFolder, type Origin } from '../origin.ts'
import { quotedValue } from './quoted-value.ts'
import { unknownSetting } from './unknown-setting.ts'
import { yamlLocation } from './yaml-location.ts'
import { type YamlText, yamlText } from './yaml-text.ts'

/** The usable part of a settings file. */
export interface YamlConfig {
  readonly state: string | undefined
  readonly requestsPerMinute: unknown
  /** As written; `readListen` checks it. */
  readonly listen: WrittenListen
  /** As written; `readAlarm` checks it. Undefined: not set. */
  readonly alarm: unknown
  readonly pipelines: readonly unknown[]
  /** All settings as they were written. */
  readonly written: Readonly<Record<string, unknown>>
  readonly origin: Origin
}

/** Reads a settings file and adds its problems to `problems`. Undefined if it cannot be read at all. */
export function readYamlConfig(
  path: string,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): YamlConfig | undefined {
  const text = readText(path, problems)
  const yaml = text === undefined ? undefined : yamlText(text, path, env, problems)
  const data = yaml && asData(yaml, path, problems)
  if (!yaml || data === undefined) return undefined
  const origin = originOf(yaml, path)
  const wrong = (name: keyof typeof fileSettings, what: string): void => {
    problems.push({ setting: origin.settingName(name), message: `${what} ${fileSettings[name].good}` })
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    problems.push({ setting: path, message: `It is not a map of settings. ${fileSettings.pipelines.good}` })
    return undefined
  }
  const settings = data as Record<string, unknown>
  const { state, requests_per_minute: requestsPerMinute, pipelines } = settings
  for (const key of Object.keys(data)) {
    if (Object.hasOwn(fileSettings, key)) continue
    const message = unknownSetting(key, Object.keys(fileSettings))
    problems.push({ setting: origin.settingName(key), message })
  }
  const isPath = typeof state === 'string' && state !== ''
  if (state !== undefined && !isPath) wrong('state', 'It is not a path or an address.')
  const isList = Array.isArray(pipelines) && pipelines.length > 0
  if (!isList)
    wrong('pipelines', pipelines === undefined ? 'It is not set.' : 'It is not a list of pipelines.')
  return {
    state: isPath ? (isPostgresAddress(state) ? state : origin.file(state)) : undefined,
    requestsPerMinute: requestsPerMinute ?? undefined,
    listen: Object.fromEntries(listenSettings.map((name) => [name, settings[name]])),
    // Without a value it is a mistake: the usual values are an empty map.
    alarm: settings['alarm'],
    pipelines: isList ? pipelines : [],
    written: settings,
    origin,
  }
}

function originOf({ document, lines, substituted }: YamlText, path: string): Origin {
  const folder = dirname(resolve(path))
  const place = (setting: string): string => `${path}, line ${yamlLocation(document, lines, setting).line}`
  return {
    settingName: (setting) => `${place(setting)}: ${setting}`,
    place,
    file: (written) => inFolder(folder, written),
    quoted(setting, value) {
      const { node } = yamlLocation(document, lines, setting)
      let isSecret = false
      // The value of a variable may be a secret in any setting.
      if (node) {
        visit(node, (_, part) => {
          if (isScalar(part) && substituted.has(part)) isSecret = true
        })
      }
      return isSecret ? undefined : quotedValue(value)
    },
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
    return readFileSync(path, 'utf8')
  } catch (error) {
    problems.push({
      setting: '--config',
      message: `${path} cannot be read (${codeOf(error)}). Name a file that can be read.`,
    })
    return undefined
  }
}

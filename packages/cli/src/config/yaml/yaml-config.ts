import { isMeantAsAddress } from '@asana-audit/core/config'
import type { Problem } from '../../terminal/problem.ts'
import { fileSettings } from '../file-document.ts'
import { listenSettings, type WrittenListen } from '../monitoring/listen.ts'
import type { Origin } from '../origin.ts'
import { fileNames } from '../setting-names.ts'
import { unknownSetting } from './unknown-setting.ts'
import { readYamlSettings } from './yaml-settings.ts'

/** The usable part of a settings file. */
export interface YamlConfig {
  readonly path: string
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
  /** The dotted paths of settings with a variable that is not set. */
  readonly unset: readonly string[]
}

/** Reads a settings file and adds its problems to `problems`. Undefined if it cannot be read at all. */
export function readYamlConfig(
  path: string,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): YamlConfig | undefined {
  const form = { names: fileNames, good: fileSettings.pipelines.good }
  const yaml = readYamlSettings(path, env, form, problems)
  if (!yaml) return undefined
  const { written: settings, origin, unset } = yaml
  const wrong = (name: keyof typeof fileSettings, what: string): void => {
    problems.push({ setting: origin.settingName(name), message: `${what} ${fileSettings[name].good}` })
  }
  const { state, requests_per_minute: requestsPerMinute, pipelines } = settings
  for (const key of Object.keys(settings)) {
    if (Object.hasOwn(fileSettings, key)) continue
    const unknown = unknownSetting(key, Object.keys(fileSettings))
    problems.push({ setting: origin.settingName(key), ...unknown })
  }
  const isPath = typeof state === 'string' && state !== ''
  if (state !== undefined && !isPath) wrong('state', 'It is not a path or an address.')
  const isList = Array.isArray(pipelines) && pipelines.length > 0
  if (!isList)
    wrong('pipelines', pipelines === undefined ? 'It is not set.' : 'It is not a list of pipelines.')
  return {
    path,
    state: isPath ? (isMeantAsAddress(state) ? state : origin.file(state)) : undefined,
    requestsPerMinute: requestsPerMinute ?? undefined,
    listen: Object.fromEntries(listenSettings.map((name) => [name, settings[name]])),
    // Without a value it is a mistake: the usual values are an empty map.
    alarm: settings['alarm'],
    pipelines: isList ? pipelines : [],
    written: settings,
    origin,
    unset,
  }
}

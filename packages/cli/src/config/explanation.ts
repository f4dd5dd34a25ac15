import { asanaBaseUrl, sourceDefaults } from '@asana-audit/core/config'
import { minuteMs } from '../duration.ts'
import { readConfigFile } from './config-file.ts'
import { draftsOf, shortForm } from './drafts.ts'
import { fileSettings } from './file-document.ts'
import type { Origin } from './origin.ts'
import { pipelineDocument } from './pipeline/pipeline-document.ts'
import type { PipelineSettings } from './pipeline/pipeline-settings.ts'
import type { Flags, Settings } from './read-settings.ts'
import { ownValue } from './yaml/own-value.ts'
import { quotedValue } from './yaml/quoted-value.ts'

/** A value that is in effect. */
export interface ExplainedSetting {
  readonly setting: string
  /** Undefined if it is or may be a secret. */
  readonly value: string | undefined
  /** `default`, a flag, a variable of the environment, or a line of the file. */
  readonly from: string
}

export interface Explanation {
  readonly settings: readonly ExplainedSetting[]
  readonly pipelines: readonly {
    readonly pipelines: readonly string[]
    readonly settings: readonly ExplainedSetting[]
  }[]
  /** The variables that were read and are set. */
  readonly environment: readonly ExplainedSetting[]
}

/** What holds where nothing is written. A setting without a default is left out. */
const defaults: Partial<Record<keyof typeof pipelineDocument.shape, string>> = {
  name: 'workspace and destination',
  base_url: asanaBaseUrl,
  filters: 'none: every event',
  since: 'the oldest event Asana has, 90 days back',
  poll: `${sourceDefaults.pollMs / 1_000}s`,
  max_poll: 'as poll',
  settled_window: `${sourceDefaults.settledWindowMs / minuteMs}m`,
  reread_every: `${sourceDefaults.rereadEveryMs / minuteMs}m`,
  limit: 'Asana decides',
  details: 'json',
  fields: 'details.saml_response: drop',
  people: 'keep',
  relevance: 'our judgement',
}

/** Explains settings that have no problem. `read` are the variables that were read for them. */
export async function explanation(
  flags: Flags,
  env: NodeJS.ProcessEnv,
  settings: Settings,
  read: ReadonlySet<string>,
): Promise<Explanation> {
  const yaml = await readConfigFile(flags, env, [])
  const drafts = flags.config === undefined ? shortForm(flags, env) : draftsOf(yaml, env, {})
  const left = [...settings.pipelines]
  return {
    settings: sharedSettings(flags, env, settings, yaml),
    pipelines: drafts.map(({ document, origin }) => {
      const { to } = document as { to: unknown }
      const own = left.splice(0, Array.isArray(to) ? to.length : 1)
      return {
        pipelines: own.map(({ name }) => name),
        settings: pipelineRows(document as object, origin, own, env),
      }
    }),
    environment: [...read].flatMap((name) => {
      const value = ownValue(env, name)
      return value ? { setting: name, value: shownVariable(name, value), from: 'environment' } : []
    }),
  }
}

function sharedSettings(
  flags: Flags,
  env: NodeJS.ProcessEnv,
  settings: Settings,
  yaml: Awaited<ReturnType<typeof readConfigFile>>,
): ExplainedSetting[] {
  const { statePath, statePathIsDefault, statePathSetting, requestsPerMinute } = settings
  const isFlag = flags.requestsPerMinute !== undefined
  const isInFile = yaml?.requestsPerMinute !== undefined
  const others = Object.keys(fileSettings).filter(
    (name) => !['state', 'requests_per_minute', 'pipelines'].includes(name),
  )
  return [
    {
      setting: 'state',
      value: statePath,
      from: statePathIsDefault ? 'default' : statePathSetting.replace(/: state$/, ''),
    },
    {
      setting: 'requests_per_minute',
      value: String(requestsPerMinute),
      from: isFlag
        ? '--requests-per-minute'
        : isInFile
          ? yaml.origin.place('requests_per_minute')
          : 'default',
    },
    ...others.flatMap((name) => (yaml ? rowsOf(name, yaml.written[name], yaml.origin, env) : [])),
  ]
}

function pipelineRows(
  document: object,
  origin: Origin,
  pipelines: readonly PipelineSettings[],
  env: NodeJS.ProcessEnv,
): ExplainedSetting[] {
  const rows = Object.keys(pipelineDocument.shape).flatMap((name): ExplainedSetting[] => {
    const written = (document as Record<string, unknown>)[name]
    if (written !== undefined) return rowsOf(name, written, origin, env)
    const value = ownValue(defaults as Record<string, string>, name)
    return value === undefined ? [] : [{ setting: name, value, from: 'default' }]
  })
  const [first] = pipelines
  if (!first) throw new Error('A pipeline without a problem has settings.')
  return [...rows, { setting: 'token', value: undefined, from: first.token.source }]
}

/** One row for each single value, so that each has its line. A list of single values is one row. */
function rowsOf(path: string, value: unknown, origin: Origin, env: NodeJS.ProcessEnv): ExplainedSetting[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value) && value.some((item) => typeof item === 'object')) {
    return value.flatMap((item, index) => rowsOf(`${path}[${index}]`, item, origin, env))
  }
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return Object.entries(value).flatMap(([key, part]) => rowsOf(`${path}.${key}`, part, origin, env))
  }
  const variables = origin.variables(path)
  const isShown = variables.every((name) => {
    const found = ownValue(env, name)
    // If it is not set, the value is the text in the file.
    return !found || shownVariable(name, found) !== undefined
  })
  const quoted = isShown && !isSecret(path, value) ? quotedValue(value) : undefined
  const names = [...new Set(variables)].map((name) => `\${${name}}`).join(', ')
  const from = `${origin.place(path)}${names && `: ${names}`}`
  return [{ setting: path, value: quoted && unquoted(value, quoted), from }]
}

/** Headers, addresses of webhooks, which are all that it takes to write there, and what follows `?` in any address. */
function isSecret(path: string, value: unknown): boolean {
  return /(^|\.)headers\.|^alarm\.webhooks\[\d+\]\.url$/.test(path) || hasQuery(value)
}

function hasQuery(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\/[^?#]*[?#]/i.test(value)
}

function unquoted(value: unknown, quoted: string): string {
  return typeof value === 'string' ? value : quoted
}

/** Only of variables whose meaning is known, and not of those that hold a secret. */
function shownVariable(name: string, value: string): string | undefined {
  const isOurs = /^(ASANA|AWS|OTEL|PANTHER|SPLUNK)_|_PROXY(_FILE|_EXEC)?$/i.test(name)
  const holdsSecret = /(TOKEN|HEADERS|SECRET|PASSWORD|ACCESS_KEY|ACCESS_KEY_ID)$/.test(name)
  return isOurs && !holdsSecret && !hasQuery(value) && quotedValue(value) !== undefined ? value : undefined
}

import { fault } from '@asana-audit/core'
import { asanaTokenProblem } from '@asana-audit/core/config'
import type { SecretReader } from '@asana-audit/core/sink-kit'
import { millisAt } from '@asana-audit/schema/lossless'
import { type InputDefinition, parameters } from '@asana-audit/splunk-input'
import { commandLine } from '../config/origin.ts'
import { goodValues } from '../config/pipeline/pipeline-document.ts'
import { type PipelineSettings, pipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import { parseDuration, parseTime } from '../config/times/time.ts'
import { checkedDocument } from '../config/yaml/checked-document.ts'
import { hourMs } from '../duration.ts'
import type { Problem } from '../terminal/problem.ts'

/** The pipeline has this name in each state, so that an input with a new name goes on where the old one stopped. */
export const inputPipeline = 'splunk-input'

export interface InputSettings {
  readonly pipeline: PipelineSettings
  /** How far the position trails behind, in milliseconds. */
  readonly trailMs: number
  readonly account: string
  /** `read_again_from`, as it is written. */
  readonly readAgainFrom: string | undefined
}

/** What the settings need from splunkd. Secrets. */
export interface InputSecrets {
  readonly token: SecretReader
  readonly proxy: string | undefined
}

/** Settings of a pipeline, by the parameter they are made of. */
const sources: Readonly<Record<string, string>> = {
  'filters.event_type': 'event_types',
  'filters.actor_type': 'actor_type',
  'filters.actor_gid': 'actor_gid',
  'filters.actor_email': 'actor_email',
  'filters.resource_gid': 'resource_gid',
  fields: 'drop_fields',
}

/** Reads the parameters of an input as the settings of a pipeline. Rejects with a fatal `bad_input`, whose message has every problem. */
export async function inputSettings(
  { params }: Pick<InputDefinition, 'params'>,
  { token, proxy }: InputSecrets,
): Promise<InputSettings> {
  const problems: Problem[] = []
  const origin = commandLine(titleOf)
  const { sound } = checkedDocument(documentOf(params), origin, problems)
  const account = params.get('account')
  if (account === undefined) problems.push({ setting: titleOf('account'), message: 'Choose an account.' })
  const first = await token()
  const wrong = asanaTokenProblem(first)
  if (wrong !== undefined) problems.push({ setting: titleOf('account'), message: wrong })
  const trailMs = parseDuration(params.get('trail') ?? '30s')
  if (trailMs === undefined || trailMs < 1_000 || trailMs > hourMs) {
    problems.push({ setting: titleOf('trail'), message: 'Give a duration from 1s to 1h, for example 30s.' })
  }
  const readAgainFrom = params.get('read_again_from')
  if (readAgainFrom !== undefined && !hasPassed(readAgainFrom, Date.now())) {
    const message = 'Give a date that has passed, or an age, for example 2026-01-31 or 2d.'
    problems.push({ setting: titleOf('read_again_from'), message })
  }
  // Only these reach the settings: the environment of splunkd is not the user's. Problems of a token are in the list already.
  const usable = wrong === undefined ? first : 'a-token'
  const env = { ASANA_TOKEN: usable, ...(proxy !== undefined && { HTTPS_PROXY: proxy, HTTP_PROXY: proxy }) }
  const [pipeline] = await pipelineSettings(sound, origin, env, problems)
  if (problems.length > 0 || !pipeline || account === undefined || trailMs === undefined) throw bad(problems)
  const source = `the account ${JSON.stringify(account)} of this app`
  const withToken = { ...pipeline, token: { reader: () => token, source } }
  return { pipeline: withToken, account, trailMs, readAgainFrom }
}

function hasPassed(text: string, now: number): boolean {
  const time = parseTime(text, now)
  return time !== undefined && millisAt(time) <= now
}

function documentOf(params: ReadonlyMap<string, string>): object {
  const listOf = (name: string): string[] =>
    (params.get(name) ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
  const types = listOf('event_types')
  const filters = {
    event_type: types.length > 0 ? types : undefined,
    actor_type: params.get('actor_type'),
    actor_gid: params.get('actor_gid'),
    actor_email: params.get('actor_email'),
    resource_gid: params.get('resource_gid'),
  }
  const fields = [
    ...listOf('drop_fields').map((path) => [path, 'drop']),
    ...listOf('hash_fields').map((path) => [path, 'hash']),
  ]
  const plain = ['workspace', 'since', 'people', 'hash_key_file', 'ca_file', 'base_url']
  return {
    ...Object.fromEntries(plain.map((name) => [name, params.get(name)])),
    name: inputPipeline,
    to: 'stdout',
    ...(Object.values(filters).some((value) => value !== undefined) && { filters }),
    ...(fields.length > 0 && { fields: Object.fromEntries(fields) as object }),
  }
}

/** The name of a setting on the page. */
function titleOf(path: string): string {
  const setting = path.replace(/\[\d+\]$/, '')
  const name = sources[setting] ?? sources[setting.split('.')[0] ?? ''] ?? setting
  return parameters.find((one) => one.name === name)?.title ?? name
}

function bad(problems: readonly Problem[]): Error {
  const said = problems.map(({ setting, message }) => `${setting}: ${message}`)
  const message = said.length > 0 ? [...new Set(said)].join(' ') : (goodValues['workspace'] ?? '')
  return fault({ fault: 'fatal', code: 'bad_input', message })
}

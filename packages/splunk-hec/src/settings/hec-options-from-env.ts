import type { HttpClientOptions } from '@asana-audit/core'
import {
  type Environment,
  type NamedPath,
  readCertificates,
  type SettingProblem,
  secretFile,
  secretFileProblem,
  settingOf,
} from '@asana-audit/core/config'
import type { Secret } from '@asana-audit/core/sink-kit'
import type { HecMetadata } from '../events/hec-event.ts'
import { readEndpoint } from './endpoint.ts'

/** What `hecSink` takes, as far as the environment says. */
export interface HecEnvOptions extends HecMetadata, Pick<HttpClientOptions, 'ca'> {
  /** The whole address of the event endpoint. */
  readonly endpoint: string
  /** The text itself, or what reads it from its file before each request. */
  readonly token: Secret
  readonly ack: boolean
  readonly insecure: boolean
  readonly allowPlainHttp: boolean
}

export type HecOptionsFromEnv =
  | { readonly options: HecEnvOptions; readonly problems?: never }
  | { readonly options?: never; readonly problems: readonly SettingProblem[] }

const goodUrl = 'https://splunk.example.com:8088'

/**
 * Reads `SPLUNK_HEC_URL`, `_TOKEN` or `_TOKEN_FILE`, and optionally `_INDEX`, `_SOURCETYPE`, `_SOURCE`, `_HOST`, `_CA_FILE`,
 * `_INSECURE`, `_ALLOW_PLAIN_HTTP` and `_ACK`. What does not read is a problem, never ignored, and all problems come at once,
 * those of the files among them.
 *
 * @param fileAt gives the path of the file that a variable names; by default what is written, from the current folder.
 */
export async function hecOptionsFromEnv(
  env: Environment,
  fileAt: (written: string, variable: string) => string = (written) => written,
): Promise<HecOptionsFromEnv> {
  const problems: SettingProblem[] = []
  const problem = (setting: string, message: string): undefined => void problems.push({ setting, message })
  const path = (setting: string): NamedPath | undefined => {
    const written = settingOf(env, setting)
    return written === undefined ? undefined : { setting, path: fileAt(written, setting), written }
  }
  const flag = (setting: string): boolean => {
    const value = settingOf(env, setting)?.toLowerCase()
    if (value !== undefined && value !== 'true' && value !== 'false') {
      problem(setting, 'It must be true or false. A good value is false.')
    }
    return value === 'true'
  }
  const readToken = (): Secret | undefined => {
    const token = settingOf(env, 'SPLUNK_HEC_TOKEN')
    const file = path('SPLUNK_HEC_TOKEN_FILE')
    if (token && file) return problem(file.setting, 'SPLUNK_HEC_TOKEN is set as well. Keep one of the two.')
    if (!token && !file) {
      return problem(
        'SPLUNK_HEC_TOKEN',
        'It is missing. Set it, or SPLUNK_HEC_TOKEN_FILE to a path such as /run/secrets/hec.',
      )
    }
    if (file) {
      const unusable = secretFileProblem(file, tokenProblem)
      if (unusable) problems.push(unusable)
      return secretFile(file.path, file.written)
    }
    const wrong = token && tokenProblem(token)
    return wrong ? problem('SPLUNK_HEC_TOKEN', wrong) : token
  }

  const allowPlainHttp = flag('SPLUNK_HEC_ALLOW_PLAIN_HTTP')
  const address = settingOf(env, 'SPLUNK_HEC_URL')
  const url = address === undefined ? undefined : readEndpoint(address, allowPlainHttp)
  if (url === undefined) problem('SPLUNK_HEC_URL', `It is missing. A good value is ${goodUrl}.`)
  if (typeof url === 'string') problem('SPLUNK_HEC_URL', `It ${url}`)
  const token = readToken()
  const ack = flag('SPLUNK_HEC_ACK')
  const insecure = flag('SPLUNK_HEC_INSECURE')
  const ca = path('SPLUNK_HEC_CA_FILE')
  const { certificates, problems: unreadable = [] } = await readCertificates({ ...(ca && { ca }) })
  problems.push(...unreadable)
  if (problems.length > 0 || !(url instanceof URL) || token === undefined) return { problems }
  return {
    options: {
      endpoint: url.href,
      token,
      index: settingOf(env, 'SPLUNK_HEC_INDEX'),
      // Set to nothing, they are the token's own; left out, ours.
      sourcetype: env['SPLUNK_HEC_SOURCETYPE']?.trim(),
      source: env['SPLUNK_HEC_SOURCE']?.trim(),
      host: settingOf(env, 'SPLUNK_HEC_HOST'),
      ack,
      insecure,
      allowPlainHttp,
      ca: certificates?.ca,
    },
  }
}

/** What is wrong with a token, as a sentence without it. */
function tokenProblem(token: string): string | undefined {
  if (/^[\x21-\x7e]+$/.test(token) && !/^["'].*["']$/.test(token)) return undefined
  return 'It has characters no token has. Give the token alone, without quotes, and without the word Splunk in front of it.'
}

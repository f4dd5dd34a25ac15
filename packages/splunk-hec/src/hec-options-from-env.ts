import {
  type CertificatePaths,
  type Environment,
  type NamedPath,
  type SettingProblem,
  settingOf,
} from '@asana-audit/core'
import { readEndpoint } from './endpoint.ts'
import type { HecMetadata } from './hec-event.ts'

/** What `hecSink` takes, as far as the environment says; files are named and not read. */
export interface HecEnvOptions extends HecMetadata {
  /** The whole address of the event endpoint. */
  readonly endpoint: string
  /** Where the token is: the text itself, or the file to read it from before each request. */
  readonly token: string | NamedPath
  readonly ack: boolean
  readonly insecure: boolean
  readonly allowPlainHttp: boolean
  /** For `readCertificates` of `@asana-audit/core`. */
  readonly certificates: CertificatePaths
}

export type HecOptionsFromEnv =
  | { readonly options: HecEnvOptions; readonly problems?: never }
  | {
      readonly options?: never
      readonly problems: readonly SettingProblem[]
      /** Named all the same: what is wrong with the files can be told along. */
      readonly token: string | NamedPath | undefined
      readonly certificates: CertificatePaths
    }

const goodUrl = 'https://splunk.example.com:8088'

/**
 * Reads `SPLUNK_HEC_URL`, `_TOKEN` or `_TOKEN_FILE`, and optionally `_INDEX`, `_SOURCETYPE`, `_SOURCE`, `_HOST`, `_CA_FILE`,
 * `_INSECURE`, `_ALLOW_PLAIN_HTTP` and `_ACK`. What does not read is a problem, never ignored, and all problems come at once.
 */
export function hecOptionsFromEnv(env: Environment): HecOptionsFromEnv {
  const problems: SettingProblem[] = []
  const problem = (setting: string, message: string): undefined => void problems.push({ setting, message })
  const path = (setting: string): NamedPath | undefined => {
    const value = settingOf(env, setting)
    return value === undefined ? undefined : { setting, path: value }
  }
  const flag = (setting: string): boolean => {
    const value = settingOf(env, setting)?.toLowerCase()
    if (value !== undefined && value !== 'true' && value !== 'false') {
      problem(setting, 'It must be true or false. A good value is false.')
    }
    return value === 'true'
  }
  const readToken = (): string | NamedPath | undefined => {
    const token = settingOf(env, 'SPLUNK_HEC_TOKEN')
    const file = path('SPLUNK_HEC_TOKEN_FILE')
    if (token && file) return problem(file.setting, 'SPLUNK_HEC_TOKEN is set as well. Keep one of the two.')
    if (!token && !file) {
      return problem(
        'SPLUNK_HEC_TOKEN',
        'It is missing. Set it, or SPLUNK_HEC_TOKEN_FILE to a path such as /run/secrets/hec.',
      )
    }
    if (!token || /^[\x21-\x7e]+$/.test(token)) return token ?? file
    return problem(
      'SPLUNK_HEC_TOKEN',
      'It has characters no token has. Give the token alone, without the word Splunk in front of it.',
    )
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
  const certificates = { ...(ca && { ca }) }
  if (problems.length > 0 || !(url instanceof URL) || token === undefined) {
    return { problems, token, certificates }
  }
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
      certificates,
    },
  }
}

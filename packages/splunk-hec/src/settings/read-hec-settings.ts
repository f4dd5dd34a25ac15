import type { HttpClientOptions } from '@asana-audit/core'
import {
  type Command,
  type FoundSecret,
  readFlag,
  readSecret,
  readWord,
  type SettingProblem,
  shortName,
  type WrittenCertificates,
  type WrittenSecret,
  type WrittenSetting,
  writtenCertificates,
} from '@asana-audit/core/config'
import type { Secret, SecretReader } from '@asana-audit/core/sink-kit'
import type { HecMetadata } from '../events/hec-event.ts'
import { readEndpoint } from './endpoint.ts'

/** The written settings of a collector, from any place: `hecSettingsFromEnv` reads them from the environment. */
export interface HecSettings extends WrittenCertificates {
  readonly url: WrittenSetting
  readonly token: WrittenSecret
  /** For a rotation. */
  readonly secondToken: WrittenSecret
  readonly index: WrittenSetting
  /** Empty: the token's own. Not written: our default. The same holds for `source`. */
  readonly sourcetype: WrittenSetting
  readonly source: WrittenSetting
  readonly host: WrittenSetting
  /** `gzip` or `none`. */
  readonly compression: WrittenSetting
  /** `true` or `false`, in any case. */
  readonly insecure: WrittenSetting
  readonly allowPlainHttp: WrittenSetting
  readonly ack: WrittenSetting
}

/** The options of `hecSink` that settings can give. */
export interface HecEnvOptions extends HecMetadata, Pick<HttpClientOptions, 'credentials'> {
  /** The whole address of the event endpoint. */
  readonly url: string
  /** The text itself, or a function that gets it from its file or its command. */
  readonly token: Secret
  readonly secondToken: Secret | undefined
  readonly compression: 'gzip' | 'none'
  readonly ack: boolean
  readonly insecure: boolean
  readonly allowPlainHttp: boolean
}

export type HecOptionsFromEnv =
  | {
      readonly options: HecEnvOptions
      /** Where the token and the second one come from, in words that do not show them. */
      readonly tokenFrom: readonly string[]
      readonly problems?: never
    }
  | { readonly options?: never; readonly problems: readonly SettingProblem[] }

/**
 * Checks settings and looks at the files they name. Returns all problems at once, each with the name under which its
 * setting was written. `readerOf` may give several secrets with the same command one reader.
 */
export async function readHecSettings(
  written: HecSettings,
  readerOf?: (command: Command) => SecretReader,
): Promise<HecOptionsFromEnv> {
  const problems: SettingProblem[] = []
  const allowPlainHttp = readFlag(written.allowPlainHttp, problems)
  const url = readUrl(written, allowPlainHttp, problems)
  const token = await readToken(written, problems, readerOf)
  const secondToken = await readSecret(written.secondToken, tokenProblem, problems, 'token', readerOf)
  const ack = readFlag(written.ack, problems)
  const insecure = readFlag(written.insecure, problems)
  const compression = readWord(written.compression, ['gzip', 'none'] as const, problems) ?? 'gzip'
  const credentials = await writtenCertificates(written, problems)
  if (problems.length > 0 || url === undefined || token === undefined) return { problems }
  return {
    options: {
      url,
      token: token.secret,
      secondToken: secondToken?.secret,
      index: written.index.value || undefined,
      sourcetype: written.sourcetype.value,
      source: written.source.value,
      host: written.host.value || undefined,
      compression,
      ack,
      insecure,
      allowPlainHttp,
      credentials,
    },
    tokenFrom: [token, secondToken].flatMap((one) => (one ? [one.origin] : [])),
  }
}

function readUrl(
  { url: { setting, value }, allowPlainHttp: { setting: allowing } }: HecSettings,
  allowPlainHttp: boolean,
  problems: SettingProblem[],
): string | undefined {
  const url = value ? readEndpoint(value, allowPlainHttp, shortName(allowing)) : undefined
  if (url instanceof URL) return url.href
  const message =
    url === undefined ? 'It is missing. A good value is https://splunk.example.com:8088.' : `It ${url}`
  problems.push({ setting, message })
  return undefined
}

async function readToken(
  { token }: HecSettings,
  problems: SettingProblem[],
  readerOf: ((command: Command) => SecretReader) | undefined,
): Promise<FoundSecret | undefined> {
  if ([token.text, token.file, token.command].every(({ value }) => value === undefined)) {
    const message = `It is missing. Set it, or ${token.file.setting} to a path such as /run/secrets/hec.`
    problems.push({ setting: token.text.setting, message })
  }
  return readSecret(token, tokenProblem, problems, 'token', readerOf)
}

/** The problem of a token, as a sentence that does not quote it. */
function tokenProblem(token: string): string | undefined {
  if (/^[\x21-\x7e]+$/.test(token) && !/^["'].*["']$/.test(token)) return undefined
  return 'It has characters that no token has. Give only the token, without quotes and without the word Splunk before it.'
}

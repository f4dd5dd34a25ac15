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
import { goodAddress, readEndpoint } from './endpoint.ts'
import {
  authProblem,
  type HmacAlgorithm,
  type HmacEncoding,
  hmacAlgorithms,
  hmacEncodings,
  type PantherAuth,
  type PantherAuthOptions,
  pantherAuths,
  secretProblem,
} from './panther-auth.ts'

/** The written settings of an HTTP source, from any place: `pantherHttpSettingsFromEnv` reads them from the environment. */
export interface PantherSettings extends WrittenCertificates {
  readonly url: WrittenSetting
  readonly secret: WrittenSecret
  /** For a rotation. */
  readonly secondSecret: WrittenSecret
  readonly auth: WrittenSetting
  readonly header: WrittenSetting
  readonly username: WrittenSetting
  readonly hmacAlgorithm: WrittenSetting
  readonly hmacEncoding: WrittenSetting
  readonly compression: WrittenSetting
  /** `true` or `false`, in any case. */
  readonly insecure: WrittenSetting
  readonly allowPlainHttp: WrittenSetting
}

/** The options of `pantherSink` that settings can give. */
export interface PantherEnvOptions extends PantherAuthOptions, Pick<HttpClientOptions, 'credentials'> {
  readonly url: string
  /** The text itself, or a function that gets it from its file or its command. */
  readonly secret: Secret
  readonly secondSecret: Secret | undefined
  readonly auth: PantherAuth
  readonly compression: 'gzip' | 'none'
  readonly insecure: boolean
  readonly allowPlainHttp: boolean
}

export type PantherHttpOptionsFromEnv =
  | {
      readonly options: PantherEnvOptions
      /** Where the secret and the second one come from, in words that do not show them. */
      readonly secretFrom: readonly string[]
      readonly problems?: never
    }
  | { readonly options?: never; readonly problems: readonly SettingProblem[] }

/**
 * Checks settings and looks at the files they name. Returns all problems at once, each with the name of its setting. `readerOf` may
 * give several secrets with the same command one reader.
 */
export async function readPantherSettings(
  written: PantherSettings,
  readerOf?: (command: Command) => SecretReader,
): Promise<PantherHttpOptionsFromEnv> {
  const problems: SettingProblem[] = []
  const allowPlainHttp = readFlag(written.allowPlainHttp, problems)
  const insecure = readFlag(written.insecure, problems)
  const url = readUrl(written, allowPlainHttp, problems)
  const compression = readWord(written.compression, ['gzip', 'none'] as const, problems) ?? 'gzip'
  const auth = readAuth(written, problems)
  const secretWrong = (text: string): string | undefined => secretProblem(auth.auth, text)
  const secret = await readFirstSecret(written, secretWrong, problems, readerOf)
  const secondSecret = await readSecret(written.secondSecret, secretWrong, problems, 'secret', readerOf)
  const credentials = await writtenCertificates(written, problems)
  if (problems.length > 0 || url === undefined || secret === undefined) return { problems }
  return {
    options: {
      url,
      ...auth,
      secret: secret.secret,
      secondSecret: secondSecret?.secret,
      compression,
      insecure,
      allowPlainHttp,
      credentials,
    },
    secretFrom: [secret, secondSecret].flatMap((one) => (one ? [one.origin] : [])),
  }
}

interface Auth extends PantherAuthOptions {
  readonly auth: PantherAuth
  readonly hmacAlgorithm: HmacAlgorithm
  readonly hmacEncoding: HmacEncoding
}

/** A word that is wrong is a problem, and its default stands in for it in the other checks. */
function readAuth(written: PantherSettings, problems: SettingProblem[]): Auth {
  const auth = readWord(written.auth, pantherAuths, problems)
  const options: Auth = {
    auth: auth ?? 'bearer',
    header: written.header.value || undefined,
    username: written.username.value || undefined,
    hmacAlgorithm: readWord(written.hmacAlgorithm, hmacAlgorithms, problems) ?? 'sha256',
    hmacEncoding: readWord(written.hmacEncoding, hmacEncodings, problems) ?? 'hex',
  }
  // Without a method nothing can be said about its header.
  if (auth === undefined && written.auth.value) return options
  const problem = authProblem(options)
  if (problem) problems.push({ setting: written[problem.option].setting, message: problem.message })
  return options
}

function readUrl(
  { url: { setting, value }, allowPlainHttp: { setting: allowing } }: PantherSettings,
  allowPlainHttp: boolean,
  problems: SettingProblem[],
): string | undefined {
  const url = value ? readEndpoint(value, allowPlainHttp, shortName(allowing)) : undefined
  if (url instanceof URL) return url.href
  const message = url === undefined ? `It is missing. A good value is ${goodAddress}.` : `It ${url}`
  problems.push({ setting, message })
  return undefined
}

async function readFirstSecret(
  { secret }: PantherSettings,
  problemOf: (text: string) => string | undefined,
  problems: SettingProblem[],
  readerOf: ((command: Command) => SecretReader) | undefined,
): Promise<FoundSecret | undefined> {
  if ([secret.text, secret.file, secret.command].every(({ value }) => value === undefined)) {
    const message = `It is missing. Set it, or ${secret.file.setting} to a path such as /run/secrets/panther.`
    problems.push({ setting: secret.text.setting, message })
  }
  return readSecret(secret, problemOf, problems, 'secret', readerOf)
}

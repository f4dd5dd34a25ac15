import {
  type Environment,
  pathVariable,
  variable,
  type WrittenPath,
  type WrittenSecret,
  type WrittenSetting,
} from '@asana-audit/core/config'
import {
  type PantherHttpOptionsFromEnv,
  type PantherSettings,
  readPantherSettings,
} from './read-panther-settings.ts'

/**
 * Reads `PANTHER_HTTP_URL`, `_SECRET`, `_SECRET_FILE` or `_SECRET_EXEC`, and optionally the same of `_SECOND_SECRET`, `_AUTH`, `_HEADER`,
 * `_USERNAME`, `_HMAC_ALGORITHM`, `_HMAC_ENCODING`, `_COMPRESSION`, `_CA_FILE`, `_CERT_FILE`, `_KEY_FILE`, `_INSECURE` and `_ALLOW_PLAIN_HTTP`. An invalid value is a problem,
 * never ignored, and all problems are returned at once, including those of files.
 *
 * @param fileAt returns the path of the file that a variable names; by default the value itself, relative to the current folder.
 */
export async function pantherHttpOptionsFromEnv(
  env: Environment,
  fileAt?: (written: string, variable: string) => string,
): Promise<PantherHttpOptionsFromEnv> {
  return readPantherSettings(pantherHttpSettingsFromEnv(env, fileAt))
}

/** The values of the variables, unchecked: for a program that replaces some of them by its own settings. */
export function pantherHttpSettingsFromEnv(
  env: Environment,
  fileAt: (written: string, variable: string) => string = (written) => written,
): PantherSettings {
  const text = (name: string): WrittenSetting => variable(env, `PANTHER_HTTP_${name}`)
  const file = (name: string): WrittenPath => pathVariable(env, `PANTHER_HTTP_${name}`, fileAt)
  const secret = (name: string): WrittenSecret => ({
    text: text(name),
    file: file(`${name}_FILE`),
    command: text(`${name}_EXEC`),
  })
  return {
    url: text('URL'),
    secret: secret('SECRET'),
    secondSecret: secret('SECOND_SECRET'),
    auth: text('AUTH'),
    header: text('HEADER'),
    username: text('USERNAME'),
    hmacAlgorithm: text('HMAC_ALGORITHM'),
    hmacEncoding: text('HMAC_ENCODING'),
    compression: text('COMPRESSION'),
    caFile: file('CA_FILE'),
    certFile: file('CERT_FILE'),
    keyFile: file('KEY_FILE'),
    insecure: text('INSECURE'),
    allowPlainHttp: text('ALLOW_PLAIN_HTTP'),
  }
}

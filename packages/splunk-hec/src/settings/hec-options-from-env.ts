import {
  type Environment,
  pathVariable,
  variable,
  type WrittenPath,
  type WrittenSecret,
  type WrittenSetting,
} from '@asana-audit/core/config'
import { type HecOptionsFromEnv, type HecSettings, readHecSettings } from './read-hec-settings.ts'

/**
 * Reads `SPLUNK_HEC_URL`, `_TOKEN`, `_TOKEN_FILE` or `_TOKEN_EXEC`, and optionally the same of `_SECOND_TOKEN`, `_INDEX`, `_SOURCETYPE`, `_SOURCE`, `_HOST`,
 * `_COMPRESSION`, `_CA_FILE`, `_CERT_FILE`, `_KEY_FILE`, `_INSECURE`, `_ALLOW_PLAIN_HTTP` and `_ACK`. An invalid value is a problem, never ignored, and all
 * problems are returned at once, including those of files.
 *
 * @param fileAt returns the path of the file that a variable names; by default the value itself, relative to the
 * current folder.
 */
export async function hecOptionsFromEnv(
  env: Environment,
  fileAt?: (written: string, variable: string) => string,
): Promise<HecOptionsFromEnv> {
  return readHecSettings(hecSettingsFromEnv(env, fileAt))
}

/** The values of the variables, unchecked: for a program that replaces some of them by its own settings. */
export function hecSettingsFromEnv(
  env: Environment,
  fileAt: (written: string, variable: string) => string = (written) => written,
): HecSettings {
  const text = (name: string): WrittenSetting => variable(env, `SPLUNK_HEC_${name}`)
  const file = (name: string): WrittenPath => pathVariable(env, `SPLUNK_HEC_${name}`, fileAt)
  const secret = (name: string): WrittenSecret => ({
    text: text(name),
    file: file(`${name}_FILE`),
    command: text(`${name}_EXEC`),
  })
  const textOrNothing = (name: string): WrittenSetting => {
    const setting = `SPLUNK_HEC_${name}`
    return { setting, value: env[setting]?.trim() }
  }
  return {
    url: text('URL'),
    token: secret('TOKEN'),
    secondToken: secret('SECOND_TOKEN'),
    index: text('INDEX'),
    sourcetype: textOrNothing('SOURCETYPE'),
    source: textOrNothing('SOURCE'),
    host: text('HOST'),
    compression: text('COMPRESSION'),
    caFile: file('CA_FILE'),
    certFile: file('CERT_FILE'),
    keyFile: file('KEY_FILE'),
    insecure: text('INSECURE'),
    allowPlainHttp: text('ALLOW_PLAIN_HTTP'),
    ack: text('ACK'),
  }
}

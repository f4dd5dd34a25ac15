import {
  type Environment,
  pathVariable,
  settingOf,
  variable,
  type WrittenPath,
  type WrittenSetting,
} from '@asana-audit/core/config'
import {
  type OtlpOptionsFromEnv,
  type OtlpSettings,
  type OtlpSignal,
  readOtlpSettings,
} from './read-otlp-settings.ts'

const general = 'OTEL_EXPORTER_OTLP_'

/**
 * Reads the standard variables, https://opentelemetry.io/docs/specs/otel/protocol/exporter/.
 * `OTEL_EXPORTER_OTLP_LOGS_*` takes precedence over `OTEL_EXPORTER_OTLP_*`; headers of both are merged. An invalid
 * value is a problem, never ignored, and all problems are returned at once, including those of the certificate files.
 *
 * @param fileAt returns the path of the file that a variable names; by default the value itself, relative to the
 * current folder.
 */
export async function otlpOptionsFromEnv(
  env: Environment,
  fileAt?: (written: string, variable: string) => string,
): Promise<OtlpOptionsFromEnv> {
  return readOtlpSettings(otlpSettingsFromEnv(env, fileAt))
}

/** The values of the standard variables, unchecked: for a program that replaces some of them by its own settings. */
export function otlpSettingsFromEnv(
  env: Environment,
  fileAt: (written: string, variable: string) => string = (written) => written,
  signal: OtlpSignal = 'logs',
): OtlpSettings {
  const own = `${general}${signal.toUpperCase()}_`
  /** The name of the signal's own variable if it is set, otherwise of the general one. */
  const nameOf = (name: string): string => (settingOf(env, own + name) ? own : general) + name
  const first = (name: string): WrittenSetting => variable(env, nameOf(name))
  const file = (name: string): WrittenPath => pathVariable(env, nameOf(name), fileAt)
  return {
    endpoint: variable(env, `${own}ENDPOINT`),
    insecure: first('INSECURE'),
    baseEndpoint: variable(env, `${general}ENDPOINT`),
    headers: variable(env, `${own}HEADERS`),
    baseHeaders: variable(env, `${general}HEADERS`),
    secretHeaders: {
      text: { setting: `${general}HEADERS_FILE`, value: undefined },
      file: file('HEADERS_FILE'),
      command: first('HEADERS_EXEC'),
    },
    secondHeaders: {
      text: first('SECOND_HEADERS'),
      file: file('SECOND_HEADERS_FILE'),
      command: first('SECOND_HEADERS_EXEC'),
    },
    protocol: first('PROTOCOL'),
    compression: first('COMPRESSION'),
    timeout: first('TIMEOUT'),
    caFile: file('CERTIFICATE'),
    certFile: file('CLIENT_CERTIFICATE'),
    keyFile: file('CLIENT_KEY'),
  }
}

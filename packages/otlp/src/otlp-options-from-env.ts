import { readKeyValueList } from './key-value-list.ts'
import type { OtlpCompression, OtlpProtocol } from './otlp-sink.ts'
import type { CertificatePaths } from './read-certificates.ts'
import { type Environment, type SettingProblem, settingOf } from './setting-problem.ts'

/** What `otlpSink` takes, as far as the environment says; the files are read by `readCertificates`. */
export interface OtlpEnvOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly protocol?: OtlpProtocol
  readonly compression?: OtlpCompression
  readonly timeoutMs?: number
  readonly certificates: CertificatePaths
}

export type OtlpOptionsFromEnv =
  | { readonly options: OtlpEnvOptions; readonly problems?: never }
  | { readonly options?: never; readonly problems: readonly SettingProblem[] }

const general = 'OTEL_EXPORTER_OTLP_'
const logs = 'OTEL_EXPORTER_OTLP_LOGS_'

/**
 * Reads the standard variables, https://opentelemetry.io/docs/specs/otel/protocol/exporter/. `OTEL_EXPORTER_OTLP_LOGS_*`
 * goes before `OTEL_EXPORTER_OTLP_*`; headers of both are merged. What does not read is a problem and never ignored;
 * all problems come at once.
 */
export function otlpOptionsFromEnv(env: Environment): OtlpOptionsFromEnv {
  const problems: SettingProblem[] = []
  const wrong = (setting: string, message: string): undefined => void problems.push({ setting, message })
  const read = <T>(name: string, parse: (value: string) => T | string, good: string): T | undefined => undefined
  return { problems }
}

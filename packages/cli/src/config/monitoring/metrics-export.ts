import type { HttpClientOptions } from '@asana-audit/core'
import type { OtlpEnvOptions } from '@asana-audit/otlp'
import { otlpSettingsFromEnv, readOtlpSettings } from '@asana-audit/otlp/settings'
import { nearestName } from '@asana-audit/schema/options'
import type { Problem } from '../../terminal/problem.ts'
import type { CommonSettings } from '../common-settings.ts'
import { inHome } from '../origin.ts'
import { exporterProblems, wantsExport } from './exporters.ts'

/** For which metrics only what came since the last export is sent; `lowmemory` is what OpenTelemetry calls it for histograms alone. */
export type TemporalityPreference = 'cumulative' | 'delta' | 'lowmemory'

/** Metrics sent by OTLP. */
export interface MetricsExport {
  readonly otlp: OtlpEnvOptions & Pick<HttpClientOptions, 'proxy'>
  readonly intervalMs: number
  readonly temporality: TemporalityPreference
}

/** Whether metrics shall be sent: `OTEL_METRICS_EXPORTER` is set. */
export function wantsMetricsExport(env: NodeJS.ProcessEnv): boolean {
  return wantsExport(env, 'OTEL_METRICS_EXPORTER')
}

/**
 * Reads the standard variables. Undefined if there are problems.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export async function readMetricsExport(
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  { commands, proxies }: CommonSettings,
): Promise<MetricsExport | undefined> {
  const before = problems.length
  const prometheus = ' For Prometheus leave it out: run --listen serves /metrics.'
  const hint = (name: string): string => (name === 'prometheus' ? prometheus : '')
  problems.push(...exporterProblems(env, 'OTEL_METRICS_EXPORTER', hint))
  const temporality = choice(
    env,
    'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
    ['cumulative', 'delta', 'lowmemory'] as const,
    problems,
  )
  choice(
    env,
    'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
    ['explicit_bucket_histogram'] as const,
    problems,
  )
  const intervalMs = interval(env, problems)
  const read = await readOtlpSettings(otlpSettingsFromEnv(env, inHome, 'metrics'), 'metrics', commands)
  problems.push(...(read.problems ?? []))
  if (problems.length > before || !read.options) return undefined
  const otlp = { ...read.options, ...proxies.through(read.options.credentials) }
  return { otlp, intervalMs, temporality }
}

function choice<T extends string>(
  env: NodeJS.ProcessEnv,
  setting: string,
  good: readonly [T, ...T[]],
  problems: Problem[],
): T {
  const written = env[setting]?.trim().toLowerCase() || good[0]
  const found = good.find((one) => one === written)
  if (found === undefined) {
    const message = `It must be ${good.join(' or ')}. A good value is ${nearestName(written, good) ?? good[0]}.`
    problems.push({ setting, message })
  }
  return found ?? good[0]
}

/** Timers end at 2^31 - 1 ms. */
function interval(env: NodeJS.ProcessEnv, problems: Problem[]): number {
  const setting = 'OTEL_METRIC_EXPORT_INTERVAL'
  const written = env[setting]?.trim() || '60000'
  const value = Number(written)
  if (/^\d+$/.test(written) && value >= 1_000 && value < 2 ** 31) return value
  const message = 'It must be a whole number of milliseconds, at least 1000. A good value is 60000.'
  problems.push({ setting, message })
  return 60_000
}

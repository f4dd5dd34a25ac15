import type { HttpClientOptions } from '@asana-audit/core'
import type { OtlpEnvOptions } from '@asana-audit/otlp'
import { otlpSettingsFromEnv, readOtlpSettings } from '@asana-audit/otlp/settings'
import type { Problem } from '../../terminal/problem.ts'
import type { CommonSettings } from '../common-settings.ts'
import { inHome } from '../origin.ts'
import { exporterProblems, wantsExport } from './exporters.ts'

/** Spans sent by OTLP. */
export interface TracesExport {
  readonly otlp: OtlpEnvOptions & Pick<HttpClientOptions, 'proxy'>
  /** The share of traces that is kept, 0 to 1. */
  readonly ratio: number
  readonly intervalMs: number
  /** Most spans that wait. */
  readonly queueSize: number
  /** Most spans in a request. */
  readonly batchSize: number
}

/** Whether spans shall be sent: `OTEL_TRACES_EXPORTER` is set. */
export function wantsTracesExport(env: NodeJS.ProcessEnv): boolean {
  return wantsExport(env, 'OTEL_TRACES_EXPORTER')
}

/**
 * Reads the standard variables. Undefined if there are problems.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export async function readTracesExport(
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  { commands, proxies }: CommonSettings,
): Promise<TracesExport | undefined> {
  const before = problems.length
  problems.push(...exporterProblems(env, 'OTEL_TRACES_EXPORTER'))
  const ratio = readRatio(env, problems)
  const intervalMs = wholeNumber(env, 'OTEL_BSP_SCHEDULE_DELAY', 5_000, problems)
  const queueSize = wholeNumber(env, 'OTEL_BSP_MAX_QUEUE_SIZE', 2_048, problems)
  const batchSize = wholeNumber(env, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512, problems)
  const read = await readOtlpSettings(otlpSettingsFromEnv(env, inHome, 'traces'), 'traces', commands)
  problems.push(...(read.problems ?? []))
  if (problems.length > before || !read.options) return undefined
  const otlp = { ...read.options, ...proxies.through(read.options.credentials) }
  return { otlp, ratio, intervalMs, queueSize, batchSize }
}

const samplers = ['always_on', 'always_off', 'traceidratio'] as const

/** No trace of ours has a parent elsewhere, so `parentbased_` changes nothing. */
function readRatio(env: NodeJS.ProcessEnv, problems: Problem[]): number {
  const setting = 'OTEL_TRACES_SAMPLER'
  const written = env[setting]?.trim().toLowerCase() || 'parentbased_always_on'
  const sampler = samplers.find((name) => written === name || written === `parentbased_${name}`)
  if (sampler === 'always_on') return 1
  if (sampler === 'always_off') return 0
  if (sampler === 'traceidratio') return readArgument(env, problems)
  const message = `It must be ${samplers.join(', ')} or one of these after parentbased_. A good value is parentbased_always_on.`
  problems.push({ setting, message })
  return 1
}

function readArgument(env: NodeJS.ProcessEnv, problems: Problem[]): number {
  const setting = 'OTEL_TRACES_SAMPLER_ARG'
  const written = env[setting]?.trim() || '1'
  const ratio = Number(written)
  if (ratio >= 0 && ratio <= 1) return ratio
  problems.push({ setting, message: 'It must be a number from 0 to 1. A good value is 0.1.' })
  return 1
}

/** Timers end at 2^31 - 1 ms. */
function wholeNumber(env: NodeJS.ProcessEnv, setting: string, usual: number, problems: Problem[]): number {
  const written = env[setting]?.trim() || String(usual)
  const value = Number(written)
  if (/^\d+$/.test(written) && value >= 1 && value < 2 ** 31) return value
  problems.push({ setting, message: `It must be a whole number, at least 1. A good value is ${usual}.` })
  return usual
}

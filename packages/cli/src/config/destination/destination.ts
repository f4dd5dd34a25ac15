import type { UncertainPolicy } from '@asana-audit/core'
import type { OtlpEnvOptions } from '@asana-audit/otlp'
import type { OtlpSettings } from '@asana-audit/otlp/settings'
import { nearestName } from '@asana-audit/schema/options'
import type { HecEnvOptions } from '@asana-audit/splunk-hec'
import type { HecSettings } from '@asana-audit/splunk-hec/settings'
import type { Problem } from '../../terminal/problem.ts'
import { inHome, type Origin } from '../origin.ts'
import { type DestinationMap, readDestinationMap } from './destination-map.ts'
import { hecSettings, otlpSettings } from './map-settings.ts'

export type Destination =
  | {
      readonly kind: 'otlp'
      readonly options: OtlpEnvOptions
      /** Where its secret headers come from. */
      readonly headersFrom: readonly string[]
      /** Writes under way at once. */
      readonly maxInFlight: number | undefined
      /** What a partial success does. */
      readonly onUncertain: UncertainPolicy | undefined
    }
  | {
      readonly kind: 'splunk-hec'
      readonly options: HecEnvOptions
      readonly format: 'asana' | 'otel'
      /** Where its tokens come from. */
      readonly tokenFrom: readonly string[]
    }
  | {
      readonly kind: 'file'
      readonly path: string
      /** The path as it was written, for the default name of the pipeline. */
      readonly written: string
      readonly rotateBytes: number | undefined
      /** Of the full files. */
      readonly rotateKeep: number | undefined
    }
  | { readonly kind: 'stdout' }

/** For the default name of a pipeline. It must stay stable, because the cursor is stored under it, so it is never the URL. */
export function destinationName(destination: Destination): string {
  return destination.kind === 'file' ? destination.written : destination.kind
}

/** A destination in one word. What else it needs comes from the environment. */
export const destinationWords = ['otlp', 'splunk-hec', 'stdout'] as const

const good =
  'Give otlp, splunk-hec, stdout or file:PATH, for example file:/var/log/asana-audit.jsonl, or in YAML a map: otlp: {endpoint: …}, splunk_hec: {url: …, token_file: …, format: asana} or file: {path: …, rotate_bytes: 100000000}.'

/** Reads `--to` or `to:` at the path `at`. Adds problems to the list and returns undefined if there are any. */
export async function readDestination(
  value: unknown,
  at: string,
  origin: Origin,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<Destination | undefined> {
  if (value === 'stdout') return { kind: 'stdout' }
  if (value === 'otlp') {
    const ours = { maxInFlight: undefined, onUncertain: undefined }
    return await otlpDestination((inEnv) => inEnv, ours, env, problems)
  }
  if (value === 'splunk-hec') {
    return await hecDestination((inEnv) => inEnv, 'asana', env, problems)
  }
  if (typeof value === 'string' && /^file:./.test(value)) {
    return fileDestination({ path: value.slice('file:'.length) }, origin)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const quoted = typeof value === 'string' ? origin.quoted(at, value) : undefined
    const nearest = typeof value === 'string' ? nearestName(value, destinationWords) : undefined
    const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`
    const message = `${quoted ?? 'The value'} is not a destination.${meant} ${good}`
    problems.push({ setting: origin.settingName(at), message })
    return undefined
  }
  const before = problems.length
  const read = readDestinationMap(value, at, origin, problems)
  const destination = read && (await mappedDestination(read, at, origin, env, problems))
  return problems.length > before ? undefined : destination
}

type FileMap = Extract<DestinationMap, { kind: 'file' }>['map']

function fileDestination(
  { path: written, rotate_bytes: rotateBytes, rotate_keep: rotateKeep }: FileMap,
  origin: Origin,
): Destination {
  return { kind: 'file', path: origin.file(written), written, rotateBytes, rotateKeep }
}

async function mappedDestination(
  { kind, map: read }: DestinationMap,
  at: string,
  origin: Origin,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<Destination | undefined> {
  const settingName = (key: string): string => origin.settingName(`${at}.${kind}.${key}`)
  if (kind === 'file') {
    if (read.rotate_keep !== undefined && read.rotate_bytes === undefined) {
      const message = 'It needs rotate_bytes. Set that too, or leave this out.'
      problems.push({ setting: settingName('rotate_keep'), message })
    }
    return fileDestination(read, origin)
  }
  if (kind === 'splunk_hec') {
    const settings = (inEnv: HecSettings): HecSettings =>
      hecSettings(read, settingName, origin, inEnv, env, problems)
    return await hecDestination(settings, read.format ?? 'asana', env, problems)
  }
  const ours = { maxInFlight: read.in_flight, onUncertain: read.on_uncertain }
  const settings = (inEnv: OtlpSettings): OtlpSettings =>
    otlpSettings(read, settingName, origin, inEnv, env, problems)
  return await otlpDestination(settings, ours, env, problems)
}

// What reads the settings of a destination is loaded for a pipeline that writes there.

async function otlpDestination(
  settings: (inEnv: OtlpSettings) => OtlpSettings,
  ours: Pick<Extract<Destination, { kind: 'otlp' }>, 'maxInFlight' | 'onUncertain'>,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<Destination | undefined> {
  const { otlpSettingsFromEnv, readOtlpSettings } = await import('@asana-audit/otlp/settings')
  const inEnv = otlpSettingsFromEnv(env, inHome)
  const reading = await readOtlpSettings(settings(inEnv))
  problems.push(...(reading.problems ?? []))
  if (!reading.options) return undefined
  return { kind: 'otlp', options: reading.options, headersFrom: reading.headersFrom, ...ours }
}

async function hecDestination(
  settings: (inEnv: HecSettings) => HecSettings,
  format: 'asana' | 'otel',
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<Destination | undefined> {
  const { hecSettingsFromEnv, readHecSettings } = await import('@asana-audit/splunk-hec/settings')
  const inEnv = hecSettingsFromEnv(env, inHome)
  const reading = await readHecSettings(settings(inEnv))
  problems.push(...(reading.problems ?? []))
  return (
    reading.options && { kind: 'splunk-hec', options: reading.options, format, tokenFrom: reading.tokenFrom }
  )
}

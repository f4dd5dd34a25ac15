import type { UncertainPolicy } from '@asana-audit/core'
import type { OtlpEnvOptions } from '@asana-audit/otlp'
import type { OtlpSettings } from '@asana-audit/otlp/settings'
import type { PantherEnvOptions } from '@asana-audit/panther-http'
import type { PantherSettings } from '@asana-audit/panther-http/settings'
import type { HecEnvOptions } from '@asana-audit/splunk-hec'
import type { HecSettings } from '@asana-audit/splunk-hec/settings'
import type { Problem } from '../../terminal/problem.ts'
import { inHome, type Origin } from '../origin.ts'
import type { SharedCommands } from '../secrets/shared-commands.ts'
import { type ArchiveDestination, archiveDestination } from './archive-destination.ts'
import type { DestinationMap } from './destination-map.ts'
import { hecSettings, otlpSettings, pantherSettings } from './map-settings.ts'
import type { WrittenDestination } from './written-destination.ts'

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
      readonly kind: 'panther-http'
      readonly options: PantherEnvOptions
      /** Where its secrets come from. */
      readonly secretFrom: readonly string[]
      /** Writes under way at once. */
      readonly inFlight: number | undefined
    }
  | {
      readonly kind: 'file'
      readonly path: string
      readonly rotateBytes: number | undefined
      /** How many full files are kept. */
      readonly rotateKeep: number | undefined
    }
  | ArchiveDestination
  | { readonly kind: 'stdout' }

/** Reads what a destination names, such as files and the environment. Adds problems to the list and returns undefined if there are any. */
export async function readDestination(
  written: WrittenDestination,
  at: string,
  origin: Origin,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  commands: SharedCommands,
): Promise<Destination | undefined> {
  if (written === 'stdout') return { kind: 'stdout' }
  if (written === 'otlp') {
    const ours = { maxInFlight: undefined, onUncertain: undefined }
    return await otlpDestination((inEnv) => inEnv, ours, env, problems, commands)
  }
  if (written === 'splunk-hec') {
    return await hecDestination((inEnv) => inEnv, 'asana', env, problems, commands)
  }
  if (written === 'panther-http') {
    return await pantherDestination((inEnv) => inEnv, undefined, env, problems, commands)
  }
  return await mappedDestination(written, at, origin, env, problems, commands)
}

type FileMap = Extract<DestinationMap, { kind: 'file' }>['map']

function fileDestination(
  { path: written, rotate_bytes: rotateBytes, rotate_keep: rotateKeep }: FileMap,
  origin: Origin,
): Destination {
  return { kind: 'file', path: origin.file(written), rotateBytes, rotateKeep }
}

async function mappedDestination(
  { kind, map: read }: DestinationMap,
  at: string,
  origin: Origin,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  commands: SharedCommands,
): Promise<Destination | undefined> {
  const settingName = (key: string): string => origin.settingName(`${at}.${kind}.${key}`)
  if (kind === 'file') {
    if (read.rotate_keep !== undefined && read.rotate_bytes === undefined) {
      const message = 'It needs rotate_bytes. Set that too, or leave this out.'
      problems.push({ setting: settingName('rotate_keep'), message })
    }
    return fileDestination(read, origin)
  }
  if (kind === 'archive') return await archiveDestination(read, settingName, origin, env, problems)
  if (kind === 'splunk_hec') {
    const settings = (inEnv: HecSettings): HecSettings =>
      hecSettings(read, settingName, origin, inEnv, env, problems)
    return await hecDestination(settings, read.format ?? 'asana', env, problems, commands)
  }
  if (kind === 'panther_http') {
    const settings = (inEnv: PantherSettings): PantherSettings =>
      pantherSettings(read, settingName, origin, inEnv, env, problems)
    return await pantherDestination(settings, read.in_flight, env, problems, commands)
  }
  const ours = { maxInFlight: read.in_flight, onUncertain: read.on_uncertain }
  const settings = (inEnv: OtlpSettings): OtlpSettings =>
    otlpSettings(read, settingName, origin, inEnv, env, problems)
  return await otlpDestination(settings, ours, env, problems, commands)
}

// What reads the settings of a destination is loaded for a pipeline that writes there.

async function otlpDestination(
  settings: (inEnv: OtlpSettings) => OtlpSettings,
  ours: Pick<Extract<Destination, { kind: 'otlp' }>, 'maxInFlight' | 'onUncertain'>,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  commands: SharedCommands,
): Promise<Destination | undefined> {
  const { otlpSettingsFromEnv, readOtlpSettings } = await import('@asana-audit/otlp/settings')
  const inEnv = otlpSettingsFromEnv(env, inHome)
  const reading = await readOtlpSettings(settings(inEnv), 'logs', commands)
  problems.push(...(reading.problems ?? []))
  if (!reading.options) return undefined
  return { kind: 'otlp', options: reading.options, headersFrom: reading.headersFrom, ...ours }
}

async function hecDestination(
  settings: (inEnv: HecSettings) => HecSettings,
  format: 'asana' | 'otel',
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  commands: SharedCommands,
): Promise<Destination | undefined> {
  const { hecSettingsFromEnv, readHecSettings } = await import('@asana-audit/splunk-hec/settings')
  const inEnv = hecSettingsFromEnv(env, inHome)
  const reading = await readHecSettings(settings(inEnv), commands)
  problems.push(...(reading.problems ?? []))
  return (
    reading.options && { kind: 'splunk-hec', options: reading.options, format, tokenFrom: reading.tokenFrom }
  )
}

async function pantherDestination(
  settings: (inEnv: PantherSettings) => PantherSettings,
  inFlight: number | undefined,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  commands: SharedCommands,
): Promise<Destination | undefined> {
  const { pantherHttpSettingsFromEnv, readPantherSettings } = await import(
    '@asana-audit/panther-http/settings'
  )
  const inEnv = pantherHttpSettingsFromEnv(env, inHome)
  const reading = await readPantherSettings(settings(inEnv), commands)
  problems.push(...(reading.problems ?? []))
  if (!reading.options) return undefined
  return { kind: 'panther-http', options: reading.options, secretFrom: reading.secretFrom, inFlight }
}

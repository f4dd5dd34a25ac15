import type { NamedPath } from '@asana-audit/core/config'
import { resourceFromEnv } from '@asana-audit/otlp'
import { hecFormats, readChoice } from '../flags/choice.ts'
import type { Problem } from '../terminal/problem.ts'
import { type CommonSettings, commonSettings } from './common-settings.ts'
import { readConfigFile } from './config-file.ts'
import { nameSetting, sameFiles, sameNames, type WrittenName } from './destination/same-in-two.ts'
import { type DraftFlags, draftsOf, shortForm } from './drafts.ts'
import { inOrder } from './in-order.ts'
import type { AlarmSettings } from './monitoring/alarm.ts'
import { type ListenFlags, type ListenSettings, readListen } from './monitoring/listen.ts'
import type { MetricsExport } from './monitoring/metrics-export.ts'
import type { TracesExport } from './monitoring/traces-export.ts'
import { noting } from './noting.ts'
import type { Origin } from './origin.ts'
import { goodValues, type PipelineDocument } from './pipeline/pipeline-document.ts'
import { type PipelineSettings, pipelineSettings } from './pipeline/pipeline-settings.ts'
import { filesInUse } from './places/files-in-use.ts'
import { filesNamedIn, filesNamedInEnv } from './places/named-files.ts'
import { destinationPlaceProblems, type StateOpening, statePlaceProblems } from './places/place-problems.ts'
import { writesToken } from './secrets/read-token.ts'
import { noToken } from './secrets/token.ts'
import { type StatePath, statePath, stateProblems } from './state-path.ts'
import { allDeleted } from './times/time-limits.ts'
import { checkedDocument } from './yaml/checked-document.ts'
import type { YamlConfig } from './yaml/yaml-config.ts'

/** The flags of one pipeline and the flags for all pipelines. Only some commands have the latter. */
export interface Flags extends DraftFlags, ListenFlags {
  readonly requestsPerMinute?: string | undefined
}

export interface Settings extends StatePath {
  readonly requestsPerMinute: number
  /** From `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`, over our own. */
  readonly resource: Readonly<Record<string, string>>
  readonly pipelines: readonly PipelineSettings[]
  /** Undefined: nothing is served. */
  readonly listen: ListenSettings | undefined
  /** Undefined: metrics are not sent. */
  readonly metricsExport: MetricsExport | undefined
  /** Undefined: spans are not sent. */
  readonly tracesExport: TracesExport | undefined
  /** Undefined: no alarms. */
  readonly alarm: AlarmSettings | undefined
}

export type SettingsReading = { readonly settings: Settings } | { readonly problems: readonly Problem[] }

/** The flags of a command with its own time window. */
export type WindowFlag = 'since' | 'until'

export interface ReadOptions extends Pick<CommonSettings, 'token'> {
  /** The state is opened next, so a path where that cannot be is a problem. */
  readonly opensState?: StateOpening
  /** The destinations are opened next, so a path where one cannot be is a problem. */
  readonly opensDestinations?: boolean
  /** The folders of archives that the command reads: nothing may be written there. */
  readonly archives?: readonly NamedPath[]
}

/**
 * Reads flags, environment and YAML into settings, or returns every problem with them at once. The flags in `withConfig` may be given
 * together with a file, and override its values.
 */
export async function readSettings(
  flags: Flags,
  given: NodeJS.ProcessEnv,
  withConfig: readonly WindowFlag[] = [],
  { opensState, opensDestinations = false, archives = [], ...own }: ReadOptions = {},
): Promise<SettingsReading> {
  const problems: Problem[] = []
  const readVariables = new Set<string>()
  const env = noting(given, readVariables)
  const yaml = await readConfigFile(flags, given, problems)
  const ofState = stateProblems(flags, env, yaml)
  problems.push(...ofState)
  const window = Object.fromEntries(
    withConfig.flatMap((flag) => (flags[flag] === undefined ? [] : [[flag, flags[flag]]])),
  )
  const drafts = flags.config === undefined ? shortForm(flags, env) : draftsOf(yaml, env, window)
  problems.push(
    ...(flags.config === undefined
      ? [...hecFormatProblems(flags), ...archiveFormatsProblems(flags)]
      : flagsWithConfig(flags, withConfig)),
  )

  // Read the clock once, so that two pipelines with the same problem get the same message, which is then printed once.
  const now = Date.now()
  const pipelines: PipelineSettings[] = []
  const names: WrittenName[] = []
  const common = { ...(await commonSettings(env, problems)), ...own }
  for (const { document, origin } of drafts) {
    const { sound, isWhole } = checkedDocument(document, origin, problems)
    const isTokenLost = writesToken(document) && !writesToken(sound)
    const found = await pipelineSettings(sound, origin, env, problems, {
      ...common,
      // A problem says already what is wrong with the token. Without this, another would say that it is missing.
      ...(isTokenLost && { token: noToken }),
    })
    pipelines.push(...found)
    if (flags.until !== undefined) problems.push(...deletedUntil(sound, origin, now))
    // A default name made from an incomplete pipeline means nothing.
    if (isWhole || sound.name !== undefined) {
      const setting = (at: string): string => nameSetting(origin, at, found.length)
      names.push(...found.map((one) => ({ name: one.name, setting: setting(one.destinationSetting) })))
    }
  }
  problems.push(...sameNames(names), ...sameFiles(pipelines))
  const knowsState = ofState.length === 0 && (flags.config === undefined || yaml !== undefined)
  if (opensState && knowsState)
    problems.push(...(await statePlaceProblems(statePath(flags, env, yaml), opensState, env)))
  if (opensDestinations) problems.push(...(await destinationPlaceProblems(pipelines)))
  const requestsPerMinute = readRequestsPerMinute(flags, yaml, problems)
  const listen = readListen(flags, yaml, problems)
  const metricsExport = await metricsExportFromEnv(env, problems, common)
  const tracesExport = await tracesExportFromEnv(env, problems, common)
  const alarm = await readAlarmOf(yaml, common, problems)
  const state = knowsState ? statePath(flags, env, yaml) : undefined
  const written = yaml
    ? [{ setting: '--config', path: yaml.path }, ...filesNamedIn(yaml.written, yaml.origin)]
    : drafts.flatMap(({ document, origin }) => filesNamedIn(document, origin))
  const named = [...written, ...filesNamedInEnv(env, readVariables)]
  problems.push(...filesInUse({ pipelines, state, named, archives }))
  const resource = resourceFromEnv(env)
  problems.push(...(resource.problems ?? []))
  if (problems.length > 0) return { problems: inOrder(problems, yaml?.unset) }
  return {
    settings: {
      ...statePath(flags, env, yaml),
      requestsPerMinute,
      resource: resource.attributes ?? {},
      pipelines,
      listen,
      metricsExport,
      tracesExport,
      alarm,
    },
  }
}

/** Loads the modules that read it only if metrics are to be sent. */
async function metricsExportFromEnv(
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  common: CommonSettings,
): Promise<MetricsExport | undefined> {
  if (!env['OTEL_METRICS_EXPORTER']?.trim()) return undefined
  const { readMetricsExport, wantsMetricsExport } = await import('./monitoring/metrics-export.ts')
  return wantsMetricsExport(env) ? readMetricsExport(env, problems, common) : undefined
}

async function tracesExportFromEnv(
  env: NodeJS.ProcessEnv,
  problems: Problem[],
  common: CommonSettings,
): Promise<TracesExport | undefined> {
  if (!env['OTEL_TRACES_EXPORTER']?.trim()) return undefined
  const { readTracesExport, wantsTracesExport } = await import('./monitoring/traces-export.ts')
  return wantsTracesExport(env) ? readTracesExport(env, problems, common) : undefined
}

/** Loads what reads alarms for a file that has some. */
async function readAlarmOf(
  yaml: YamlConfig | undefined,
  { proxies }: CommonSettings,
  problems: Problem[],
): Promise<AlarmSettings | undefined> {
  if (yaml?.alarm === undefined) return undefined
  const { readAlarm } = await import('./monitoring/alarm.ts')
  return readAlarm(yaml.alarm, yaml.origin, proxies, problems)
}

/** Checked here because no YAML setting has this name: there it is part of the destination. */
function hecFormatProblems({ hecFormat, to }: Flags): Problem[] {
  const wrong: Problem[] = []
  readChoice('--hec-format', hecFormat, hecFormats, wrong)
  if (wrong.length > 0 || hecFormat === undefined || to?.includes('splunk-hec')) return wrong
  return [
    {
      setting: '--hec-format',
      message: 'It is only for --to splunk-hec. Leave it out, or use --format.',
    },
  ]
}

/** What is wrong with the list itself is found where the destination is read. */
function archiveFormatsProblems({ archiveFormats, to }: Flags): Problem[] {
  if (archiveFormats === undefined || to?.some((one) => one.startsWith('archive:'))) return []
  const message = 'It is only for --to archive:PATH and archive:s3://BUCKET/PREFIX. Leave it out.'
  return [{ setting: '--archive-formats', message }]
}

type PipelineFlag = Exclude<keyof Flags, 'config' | 'state' | 'requestsPerMinute' | keyof ListenFlags>

/** The flags that describe a pipeline, as they are typed. */
const pipelineFlags: Record<PipelineFlag, string> = {
  to: '--to',
  name: '--name',
  hecFormat: '--hec-format',
  archiveFormats: '--archive-formats',
  format: '--format',
  workspace: '--workspace',
  baseUrl: '--base-url',
  since: '--since',
  until: '--until',
  poll: '--poll',
  maxPoll: '--max-poll',
  settledWindow: '--settled-window',
  limit: '--limit',
  eventType: '--event-type',
  actorType: '--actor-type',
  actorGid: '--actor-gid',
  actorEmail: '--actor-email',
  resourceGid: '--resource-gid',
  parseUserAgent: '--parse-user-agent',
  geoFile: '--geo-file',
  asnFile: '--asn-file',
  provenance: '--provenance',
}

function flagsWithConfig(flags: Flags, allowed: readonly WindowFlag[]): Problem[] {
  const message =
    'With --config, pipelines are described only in the file. Put this setting into the file, or leave out --config.'
  return (Object.keys(pipelineFlags) as PipelineFlag[])
    .filter((flag) => !allowed.some((one) => one === flag) && isGiven(flags[flag]))
    .map((flag) => ({ setting: pipelineFlags[flag], message }))
}

function isGiven(value: string | readonly string[] | true | undefined): boolean {
  return value === true || (value?.length ?? 0) > 0
}

function readRequestsPerMinute(flags: Flags, yaml: YamlConfig | undefined, problems: Problem[]): number {
  const given = flags.requestsPerMinute ?? yaml?.requestsPerMinute ?? 1_200
  const value = typeof given === 'string' || typeof given === 'number' ? Number(given) : Number.NaN
  if (Number.isInteger(value) && value >= 1) return value
  const isFlag = flags.requestsPerMinute !== undefined || yaml === undefined
  const setting = isFlag ? '--requests-per-minute' : yaml.origin.settingName('requests_per_minute')
  problems.push({ setting, message: 'Give a whole number from 1, for example 1200. Asana allows 1500.' })
  return value
}

/** Only for a flag of this command. A file may contain an old pipeline with an `until` in the past, and the others must still start. */
function deletedUntil({ until }: PipelineDocument, { settingName }: Origin, now: number): Problem[] {
  const message = allDeleted({ until }, now)
  return message === undefined
    ? []
    : [{ setting: settingName('until'), message: `${message} ${goodValues['until']}` }]
}

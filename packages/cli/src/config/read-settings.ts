import { resourceFromEnv } from '@asana-audit/otlp'
import { hecFormats, readChoice } from '../flags/choice.ts'
import type { PipelineFlags } from '../flags/pipeline-flags.ts'
import type { Problem } from '../terminal/problem.ts'
import { sameFiles, sameNames } from './destination/same-in-two.ts'
import { commandLine, type Origin } from './origin.ts'
import { goodValues, type PipelineDocument } from './pipeline-document.ts'
import { type PipelineSettings, pipelineSettings } from './pipeline-settings.ts'
import { type StatePath, statePath } from './state-path.ts'
import { allDeleted } from './time-limits.ts'
import { checkedDocument } from './yaml/checked-document.ts'
import { ownValue } from './yaml/own-value.ts'
import { readYamlConfig, type YamlConfig } from './yaml/yaml-config.ts'

/** Flags that describe one pipeline, and those for all. Some commands have the latter. */
export interface Flags extends PipelineFlags {
  readonly until?: string | undefined
  readonly poll?: string | undefined
  readonly settledWindow?: string | undefined
  readonly requestsPerMinute?: string | undefined
}

export interface Settings extends StatePath {
  readonly requestsPerMinute: number
  /** From `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`, over our own. */
  readonly resource: Readonly<Record<string, string>>
  readonly pipelines: readonly PipelineSettings[]
}

export type SettingsReading = { readonly settings: Settings } | { readonly problems: readonly Problem[] }

/** A document and where its settings were written. */
interface Draft {
  readonly document: unknown
  readonly origin: Origin
}

/** Flags of a command that has a window of its own. */
export type WindowFlag = 'since' | 'until'

/**
 * Reads flags, environment and YAML into settings, or says everything that is wrong with them at once. `besideConfig`: flags that
 * may be given with a file, and go before what it says.
 */
export async function readSettings(
  flags: Flags,
  env: NodeJS.ProcessEnv,
  besideConfig: readonly WindowFlag[] = [],
): Promise<SettingsReading> {
  const problems: Problem[] = []
  const yaml = flags.config === undefined ? undefined : readYamlConfig(flags.config, env, problems)
  const window = Object.fromEntries(
    besideConfig.flatMap((flag) => (flags[flag] === undefined ? [] : [[flag, flags[flag]]])),
  )
  const drafts: Draft[] =
    flags.config === undefined
      ? shortForm(flags, env)
      : (yaml?.pipelines ?? []).map((document, index) => ({
          document: withDefaults(document, env, window),
          origin: ofPipeline(yaml?.origin ?? commandLine((path) => path), index, window),
        }))
  problems.push(
    ...(flags.config === undefined ? hecFormatProblems(flags) : flagsBesideConfig(flags, besideConfig)),
  )

  // Asked once, so that what is the same of two pipelines is said once.
  const now = Date.now()
  const pipelines: PipelineSettings[] = []
  const named: PipelineSettings[] = []
  for (const { document, origin } of drafts) {
    const { sound, isWhole } = checkedDocument(document, origin, problems)
    const found = await pipelineSettings(sound, origin, env, problems)
    pipelines.push(...found)
    if (flags.until !== undefined) problems.push(...deletedUntil(sound, origin, now))
    // Of what is not whole, a name made up of workspace and destination means nothing.
    if (isWhole || sound.name !== undefined) named.push(...found)
  }
  problems.push(...sameNames(named), ...sameFiles(pipelines))
  const requestsPerMinute = readRequestsPerMinute(flags, yaml, problems)
  const resource = resourceFromEnv(env)
  problems.push(...(resource.problems ?? []))
  if (problems.length > 0) return { problems: distinct(problems) }
  return {
    settings: {
      ...statePath(flags, env, yaml),
      requestsPerMinute,
      resource: resource.attributes ?? {},
      pipelines,
    },
  }
}

/** Flags and environment, one pipeline for each destination. */
function shortForm(flags: Flags, env: NodeJS.ProcessEnv): Draft[] {
  const given = (value: string | undefined): string | undefined => value?.trim() || undefined
  const filters = {
    event_type: flags.eventType,
    actor_type: flags.actorType,
    actor_gid: flags.actorGid,
    actor_email: flags.actorEmail,
    resource_gid: flags.resourceGid,
  }
  const common = {
    name: flags.name,
    workspace: flags.workspace ?? given(env['ASANA_WORKSPACE']),
    base_url: flags.baseUrl ?? given(env['ASANA_BASE_URL']),
    ca_file: given(env['ASANA_CA_FILE']),
    since: flags.since,
    until: flags.until,
    poll: flags.poll,
    settled_window: flags.settledWindow,
    limit: flags.limit,
    format: flags.format,
    ...(Object.values(filters).some((value) => value !== undefined) && { filters }),
  }
  const names: Record<string, string> = {
    workspace: '--workspace (or ASANA_WORKSPACE)',
    base_url: '--base-url (or ASANA_BASE_URL)',
    ca_file: 'ASANA_CA_FILE',
  }
  const place = (path: string): string =>
    ownValue(names, path) ??
    `--${path
      .replace(/^filters\./, '')
      .replace(/\[\d+\]$/, '')
      .replaceAll('_', '-')}`
  const destinations = flags.to?.length ? flags.to : [undefined]
  // One document, so that a name is completed by the destinations as it is in YAML.
  const format = readChoice('--hec-format', flags.hecFormat, hecFormats, [])
  const listed = destinations.map((one) =>
    one === 'splunk-hec' && format ? { splunk_hec: { format } } : one,
  )
  const to = listed.length > 1 ? listed : listed[0]
  return [
    { document: { ...common, to }, origin: commandLine((path) => place(path.replace(/^to\[\d+\].*/, 'to'))) },
  ]
}

/** What a file says of one pipeline; what a flag says goes before it. */
function ofPipeline(file: Origin, index: number, window: object): Origin {
  const whole = (path: string): string => `pipelines[${index}]${path && `.${path}`}`
  return {
    place: (path) => (Object.hasOwn(window, path) ? `--${path}` : file.place(whole(path))),
    spoken: (path, value) => file.spoken(whole(path), value),
    file: file.file,
  }
}

/** How Asana is reached may be the environment's to say, also for pipelines of a file. */
function withDefaults(document: unknown, env: NodeJS.ProcessEnv, window: object): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document
  const defaults = {
    ...(env['ASANA_BASE_URL']?.trim() && { base_url: env['ASANA_BASE_URL'].trim() }),
    ...(env['ASANA_CA_FILE']?.trim() && { ca_file: env['ASANA_CA_FILE'].trim() }),
  }
  return { ...defaults, ...document, ...window }
}

/** There is no setting of that name to find it wrong: in YAML it is a part of the destination. */
function hecFormatProblems({ hecFormat, to }: Flags): Problem[] {
  const wrong: Problem[] = []
  readChoice('--hec-format', hecFormat, hecFormats, wrong)
  if (wrong.length > 0 || hecFormat === undefined || to?.includes('splunk-hec')) return wrong
  return [
    {
      setting: '--hec-format',
      message: 'It is for --to splunk-hec alone. Leave it out, or --format is meant.',
    },
  ]
}

type PipelineFlag = Exclude<keyof Flags, 'config' | 'state' | 'requestsPerMinute'>

/** Those that describe a pipeline, as they are typed. */
const pipelineFlags: Record<PipelineFlag, string> = {
  to: '--to',
  name: '--name',
  hecFormat: '--hec-format',
  format: '--format',
  workspace: '--workspace',
  baseUrl: '--base-url',
  since: '--since',
  until: '--until',
  poll: '--poll',
  settledWindow: '--settled-window',
  limit: '--limit',
  eventType: '--event-type',
  actorType: '--actor-type',
  actorGid: '--actor-gid',
  actorEmail: '--actor-email',
  resourceGid: '--resource-gid',
}

function flagsBesideConfig(flags: Flags, allowed: readonly WindowFlag[]): Problem[] {
  const message =
    'With --config, pipelines are described in the file alone. Put it there, or leave --config out.'
  return (Object.keys(pipelineFlags) as PipelineFlag[])
    .filter((flag) => !allowed.some((one) => one === flag) && (flags[flag]?.length ?? 0) > 0)
    .map((flag) => ({ setting: pipelineFlags[flag], message }))
}

function readRequestsPerMinute(flags: Flags, yaml: YamlConfig | undefined, problems: Problem[]): number {
  const given = flags.requestsPerMinute ?? yaml?.requestsPerMinute ?? 1_200
  const value = typeof given === 'string' || typeof given === 'number' ? Number(given) : Number.NaN
  if (Number.isInteger(value) && value >= 1) return value
  const isFlag = flags.requestsPerMinute !== undefined || yaml === undefined
  const setting = isFlag ? '--requests-per-minute' : yaml.origin.place('requests_per_minute')
  problems.push({ setting, message: 'Give a whole number from 1; Asana allows 1500. For example 1200.' })
  return value
}

/** Given with this very command. What a file says of a pipeline that has long ended is no reason to start none. */
function deletedUntil({ until }: PipelineDocument, { place }: Origin, now: number): Problem[] {
  const message = allDeleted({ until }, now)
  return message === undefined
    ? []
    : [{ setting: place('until'), message: `${message} ${goodValues['until']}` }]
}

function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.setting}\n${problem.message}`, problem])).values()]
}

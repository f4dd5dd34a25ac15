import { hecFormats, readChoice } from '../flags/choice.ts'
import { contextFlag, contextIn } from '../flags/context-flags.ts'
import type { PipelineFlags } from '../flags/pipeline-flags.ts'
import { commandLine, type Origin } from './origin.ts'
import { ownValue } from './yaml/own-value.ts'
import type { YamlConfig } from './yaml/yaml-config.ts'

/** The flags of one pipeline. Only some commands have these here. */
export interface DraftFlags extends PipelineFlags {
  readonly until?: string | undefined
  readonly poll?: string | undefined
  readonly maxPoll?: string | undefined
  readonly settledWindow?: string | undefined
}

/** A pipeline as it was written, and the origin of its settings. */
export interface Draft {
  readonly document: unknown
  readonly origin: Origin
}

/** Flags and environment, one pipeline for each destination. */
export function shortForm(flags: DraftFlags, env: NodeJS.ProcessEnv): Draft[] {
  const given = (value: string | undefined): string | undefined => value?.trim() || undefined
  const filters = {
    event_type: flags.eventType,
    actor_type: flags.actorType,
    actor_gid: flags.actorGid,
    actor_email: flags.actorEmail,
    resource_gid: flags.resourceGid,
  }
  const context = contextIn(flags)
  const common = {
    name: flags.name,
    workspace: flags.workspace ?? given(env['ASANA_WORKSPACE']),
    base_url: flags.baseUrl ?? given(env['ASANA_BASE_URL']),
    ca_file: given(env['ASANA_CA_FILE']),
    since: flags.since,
    until: flags.until,
    poll: flags.poll,
    max_poll: flags.maxPoll,
    settled_window: flags.settledWindow,
    limit: flags.limit,
    format: flags.format,
    ...(Object.values(filters).some((value) => value !== undefined) && { filters }),
    ...(context && { context }),
  }
  // If a setting is set nowhere, a message names both ways to set it.
  const either = (flag: string, value: string | undefined, variable: string): string =>
    value !== undefined ? flag : given(env[variable]) ? variable : `${flag} (or ${variable})`
  const names: Record<string, string> = {
    workspace: either('--workspace', flags.workspace, 'ASANA_WORKSPACE'),
    base_url: either('--base-url', flags.baseUrl, 'ASANA_BASE_URL'),
    ca_file: 'ASANA_CA_FILE',
  }
  const settingName = (path: string): string =>
    ownValue(names, path) ??
    (path.startsWith('context.') ? contextFlag(path) : undefined) ??
    `--${path
      .replace(/^filters\./, '')
      .replace(/\[\d+\]$/, '')
      .replaceAll('_', '-')}`
  const destinations = flags.to?.length ? flags.to : [undefined]
  // One document with a list of destinations, so that pipelines get their names in the same way as in YAML.
  const format = readChoice('--hec-format', flags.hecFormat, hecFormats, [])
  const { archiveFormats: formats } = flags
  const listed = destinations.map((one) => {
    if (one === 'splunk-hec' && format) return { splunk_hec: { format } }
    const location = formats === undefined ? undefined : one?.match(/^archive:(.+)/)?.[1]
    return location === undefined ? one : { archive: { location, formats } }
  })
  const to = listed.length > 1 ? listed : listed[0]
  const origin = commandLine((path) => destinationFlag(path) ?? settingName(path))
  return [{ document: { ...common, to }, origin }]
}

/** The flag for a setting of a destination; undefined for any other setting. */
function destinationFlag(path: string): string | undefined {
  const [isOne, of] = /^to(?:\[\d+\])?(?:\.(.+))?$/.exec(path) ?? []
  if (isOne === undefined) return undefined
  if (of === 'archive.formats') return '--archive-formats'
  // These settings have no flag.
  if (of?.startsWith('archive.ocsf_')) return `${of} in a file for --config`
  return '--to'
}

/** The pipelines of a file. Flags in `window` override it, and the environment gives what it leaves out. */
export function draftsOf(yaml: YamlConfig | undefined, env: NodeJS.ProcessEnv, window: object): Draft[] {
  if (!yaml) return []
  const defaults = pipelineDefaults(env)
  return yaml.pipelines.map((document, index) => ({
    document: isMap(document) ? { ...valuesOf(defaults), ...document, ...window } : document,
    origin: ofPipeline(yaml.origin, index, { document, defaults, window }),
  }))
}

interface InEnvironment {
  readonly variable: string
  readonly value: string
}

/** The environment may set how Asana is reached, also for the pipelines of a file. */
function pipelineDefaults(env: NodeJS.ProcessEnv): ReadonlyMap<string, InEnvironment> {
  const names = { base_url: 'ASANA_BASE_URL', ca_file: 'ASANA_CA_FILE' }
  return new Map(
    Object.entries(names).flatMap(([setting, variable]) => {
      const value = env[variable]?.trim()
      return value ? [[setting, { variable, value }] as const] : []
    }),
  )
}

/** The settings of a pipeline that the environment gives, where nothing else does. */
export function environmentDefaults(env: NodeJS.ProcessEnv): object {
  return valuesOf(pipelineDefaults(env))
}

function valuesOf(defaults: ReadonlyMap<string, InEnvironment>): object {
  return Object.fromEntries([...defaults].map(([setting, { value }]) => [setting, value]))
}

function isMap(document: unknown): document is object {
  return typeof document === 'object' && document !== null && !Array.isArray(document)
}

interface Sources {
  readonly document: unknown
  readonly defaults: ReadonlyMap<string, InEnvironment>
  readonly window: object
}

/** The origin of one pipeline in a file. */
function ofPipeline(file: Origin, index: number, { document, defaults, window }: Sources): Origin {
  const whole = (path: string): string => `pipelines[${index}]${path && `.${path}`}`
  /** The flag or the variable that a setting comes from. Undefined if it is in the file. */
  const outside = (path: string): string | undefined => {
    if (Object.hasOwn(window, path)) return `--${path}`
    return isMap(document) && Object.hasOwn(document, path) ? undefined : defaults.get(path)?.variable
  }
  return {
    settingName: (path) => outside(path) ?? file.settingName(whole(path)),
    place: (path) => outside(path) ?? file.place(whole(path)),
    quoted: (path, value) => file.quoted(whole(path), value),
    variables: (path) => (outside(path) === undefined ? file.variables(whole(path)) : []),
    file: file.file,
  }
}

import { resourceFromEnv } from '@asana-audit/otlp'
import { commonSettings } from '../config/common-settings.ts'
import { environmentDefaults } from '../config/drafts.ts'
import { inOrder } from '../config/in-order.ts'
import {
  type ListenFlags,
  type ListenSettings,
  listenSettings,
  readListen,
} from '../config/monitoring/listen.ts'
import type { Origin } from '../config/origin.ts'
import { type PipelineSettings, pipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import { noToken } from '../config/secrets/token.ts'
import { destinationNames, pipelineNames } from '../config/setting-names.ts'
import { checkedDocument } from '../config/yaml/checked-document.ts'
import { unknownSetting } from '../config/yaml/unknown-setting.ts'
import { type FileForm, readYamlSettings, type YamlSettings } from '../config/yaml/yaml-settings.ts'
import type { Problem } from '../terminal/problem.ts'
import {
  type FleetSetting,
  type FleetValues,
  fleetValues,
  goodFleetValues,
  notForAll,
  tokenSetting,
} from './fleet-document.ts'

/** A fleet's file, with what it names read. */
export interface FleetFile {
  /** By the name of the destination: the settings of its tenants, except their own name, workspace and token. */
  readonly destinations: ReadonlyMap<string, PipelineSettings>
  readonly values: FleetValues
  readonly listen: ListenSettings | undefined
  /** From `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`, over our own. */
  readonly resource: Readonly<Record<string, string>>
}

const fleetForm: FileForm = {
  names: {
    ...Object.fromEntries(Object.keys(goodFleetValues).map((name) => [name, undefined])),
    destinations: { '*': destinationNames },
    pipeline: pipelineNames,
  },
  good: goodFleetValues.destinations,
}

export type FleetFileReading = FleetFile | { readonly problems: readonly Problem[] }

/** Reads the file of a fleet, or returns every problem with it at once. */
export async function readFleetFile(
  path: string,
  flags: ListenFlags,
  env: NodeJS.ProcessEnv,
): Promise<FleetFileReading> {
  const problems: Problem[] = []
  const yaml = readYamlSettings(path, env, fleetForm, problems)
  if (!yaml) return { problems }
  const { written, origin } = yaml
  for (const key of Object.keys(written)) {
    if (Object.hasOwn(goodFleetValues, key)) continue
    const unknown = unknownSetting(key, Object.keys(goodFleetValues))
    problems.push({ setting: origin.settingName(key), ...unknown })
  }
  const values = readValues(yaml, problems)
  const destinations = await readDestinations(yaml, env, problems)
  const listen = readListen(
    flags,
    { listen: Object.fromEntries(listenSettings.map((name) => [name, written[name]])), origin },
    problems,
  )
  const resource = resourceFromEnv(env)
  problems.push(...(resource.problems ?? []))
  if (problems.length > 0) return { problems: inOrder(problems, yaml.unset) }
  return { destinations, values, listen, resource: resource.attributes ?? {} }
}

/** What the tenants of a file may name. */
export interface NamesForTenants {
  readonly destinations: readonly string[]
  /** Undefined if the file does not say it in a way that can be used. */
  readonly programs: readonly string[] | undefined
}

/** Reads nothing that the file names. Without destinations there is a problem. */
export function namesForTenants(path: string, env: NodeJS.ProcessEnv, problems: Problem[]): NamesForTenants {
  const yaml = readYamlSettings(path, env, fleetForm, problems)
  if (!yaml) return { destinations: [], programs: undefined }
  const programs = fleetValues.token_programs.safeParse(yaml.written['token_programs'] ?? undefined)
  return { destinations: Object.keys(destinationMap(yaml, problems)), programs: programs.data }
}

function readValues({ written, origin }: YamlSettings, problems: Problem[]): FleetValues {
  const read = Object.entries(fleetValues).map(([name, form]) => {
    const parsed = form.safeParse(written[name] ?? undefined)
    if (parsed.success) return [name, parsed.data]
    const quoted = origin.quoted(name, written[name])
    const message = `${quoted ?? 'The value'} cannot be used. ${goodFleetValues[name as FleetSetting]}`
    problems.push({ setting: origin.settingName(name), message })
    return [name, undefined]
  })
  return Object.fromEntries(read) as FleetValues
}

function destinationMap(
  { written, origin }: YamlSettings,
  problems: Problem[],
): Readonly<Record<string, unknown>> {
  const { destinations } = written
  if (isMap(destinations) && Object.keys(destinations).length > 0) return destinations
  const wrong = destinations === undefined ? 'It is not set.' : 'It is not a map with a destination.'
  const message = `${wrong} ${goodFleetValues.destinations}`
  problems.push({ setting: origin.settingName('destinations'), message })
  return {}
}

async function readDestinations(
  yaml: YamlSettings,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<ReadonlyMap<string, PipelineSettings>> {
  const shared = sharedSettings(yaml, problems)
  const common = { ...(await commonSettings(env, problems)), token: noToken }
  const found = new Map<string, PipelineSettings>()
  for (const [name, to] of Object.entries(destinationMap(yaml, problems))) {
    const origin = originOfDestination(yaml.origin, name)
    // The workspace only stands for those of the tenants.
    const document = { ...environmentDefaults(env), ...shared, name, workspace: '0', to }
    const { sound } = checkedDocument(document, origin, problems)
    if (Array.isArray(to)) {
      problems.push({ setting: origin.settingName('to'), message: 'It is a list. Give each one a name.' })
      continue
    }
    const [settings] = await pipelineSettings(sound, origin, env, problems, common)
    if (settings && forOneWriter.has(settings.destination.kind)) {
      const message =
        'Workers on several machines cannot write one file or one archive. Give otlp, splunk_hec or panther_http; a Collector can write files.'
      problems.push({ setting: origin.settingName('to'), message })
    } else if (settings) found.set(name, settings)
  }
  return found
}

/** Destinations that one process writes. An archive also has one chain for each pipeline, and the tenants of a destination share a name. */
const forOneWriter: ReadonlySet<string> = new Set(['archive', 'file', 'stdout'])

function sharedSettings({ written, origin }: YamlSettings, problems: Problem[]): object {
  const { pipeline = {} } = written
  if (!isMap(pipeline)) {
    const message = `It is not a map of settings. ${goodFleetValues.pipeline}`
    problems.push({ setting: origin.settingName('pipeline'), message })
    return {}
  }
  const own = ([key]: [string, unknown]): boolean => Object.hasOwn(notForAll, key) || tokenSetting.test(key)
  for (const [key] of Object.entries(pipeline).filter(own)) {
    const message = notForAll[key] ?? 'Each tenant has its own token_ref. Leave it out.'
    problems.push({ setting: origin.settingName(`pipeline.${key}`), message })
  }
  return Object.fromEntries(Object.entries(pipeline).filter((entry) => !own(entry)))
}

/** `to` is where the destination was written, and all else in `pipeline`. */
function originOfDestination(file: Origin, name: string): Origin {
  const whole = (path: string): string =>
    /^to(?=$|[.[])/.test(path) ? path.replace('to', `destinations.${name}`) : `pipeline.${path}`
  return {
    settingName: (path) => file.settingName(whole(path)),
    place: (path) => file.place(whole(path)),
    quoted: (path, value) => file.quoted(whole(path), value),
    variables: (path) => file.variables(whole(path)),
    file: file.file,
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

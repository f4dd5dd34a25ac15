import type { Problem } from '../../terminal/problem.ts'
import type { Origin } from '../origin.ts'
import type { PipelineSettings } from '../pipeline/pipeline-settings.ts'
import { isSameFile, realPathOf } from '../places/same-file.ts'
import { lineIn } from '../yaml/file-line.ts'
import type { Destination } from './destination.ts'

/** The name of a pipeline, and the setting to change for another one, as messages name it. */
export interface WrittenName {
  readonly name: string
  readonly setting: string
}

/** Two pipelines with one name would share a cursor. */
export function sameNames(written: readonly WrittenName[]): Problem[] {
  return written.flatMap(({ name, setting }, index) => {
    const first = written.find((other) => other.name === name)
    if (first === undefined || first === written[index]) return []
    const [line, other] = [lineIn(setting), lineIn(first.setting)]
    const where = other === undefined || other === line ? '' : `; the first one is in line ${other}`
    const message = `Two pipelines are called "${name}"${where}. Give each pipeline its own name.`
    return { setting: line === undefined ? 'name' : setting, message }
  })
}

/** The setting that another name of a pipeline is written into. Of several destinations, each makes a part of the name. */
export function nameSetting(
  { settingName }: Origin,
  destinationSetting: string,
  destinations: number,
): string {
  return destinations > 1 ? destinationSetting : settingName('name')
}

/** Two pipelines cannot write the same file or archive, not even through links. */
export function sameFiles(pipelines: readonly PipelineSettings[]): Problem[] {
  const writers = pipelines.flatMap(({ destination, destinationSetting: setting }) => {
    const place = placeOf(destination)
    return place ? [{ setting, ...place }] : []
  })
  const isSame = (one: Place, other: Place): boolean =>
    one.store === undefined && other.store === undefined
      ? isSameFile(one.path, other.path)
      : one.store === other.store && one.path === other.path
  return writers
    .filter((one, index) => writers.findIndex((other) => isSame(one, other)) !== index)
    .map(({ setting, path, what }) => ({
      setting,
      message: `Another pipeline writes ${path} as well. Give each pipeline its own ${what}.`,
    }))
}

/** What only one pipeline may write. */
interface Place {
  readonly what: 'file' | 'archive'
  readonly path: string
  /** Two stores may have buckets of one name. Undefined: on this machine. */
  readonly store?: string | undefined
}

function placeOf(destination: Destination): Place | undefined {
  if (destination.kind === 'file') return { what: 'file', path: realPathOf(destination.path) }
  if (destination.kind !== 'archive') return undefined
  const { location, s3 } = destination
  if (!s3) return { what: 'archive', path: realPathOf(location) }
  const path = location.replace(/^s3:/i, 's3:').replace(/\/+$/, '')
  return { what: 'archive', path, store: s3.address.endpoint }
}

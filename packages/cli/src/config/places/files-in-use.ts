import { join } from 'node:path'
import { isPostgresAddress, type NamedPath } from '@asana-audit/core/config'
import type { Problem } from '../../terminal/problem.ts'
import type { PipelineSettings } from '../pipeline/pipeline-settings.ts'
import type { StatePath } from '../state-path.ts'
import { isInside, isSameFile, realPathOf } from './same-file.ts'

export interface UsesOfFiles {
  readonly pipelines: readonly PipelineSettings[]
  readonly state: StatePath | undefined
  /** The files that settings name to be read. */
  readonly named: readonly NamedPath[]
  /** The folders of archives that a command reads. */
  readonly archives: readonly NamedPath[]
}

/**
 * Events may not be written into the state, nor into a file that these settings name for another use; and the folder of an archive holds
 * nothing else. Looks at paths only.
 */
export function filesInUse({ pipelines, state, named, archives }: UsesOfFiles): Problem[] {
  const ofWritten = pipelines.flatMap(({ destination, destinationSetting: setting }) => {
    if (destination.kind === 'archive' && !destination.s3) {
      const { location } = destination
      const others = [...stateFile(state), ...named, ...writtenBeside(pipelines)]
      return others
        .filter(({ path }) => isInside(path, location))
        .map((other) => ({ setting, message: insideWritten(other, location) }))
    }
    if (destination.kind !== 'file') return []
    const { path } = destination
    if (state && isOfState(path, state.statePath)) {
      const message = `${path} is the file of the state, or belongs to it (${state.statePathSetting}), and events would be lost in it. Give events a file of their own, for example file:asana-audit.jsonl.`
      return [{ setting, message }]
    }
    const other = named.find((one) => isSameFile(path, one.path))
    if (!other) return []
    const message = `${other.setting} names ${path} too, and events would be appended to it. Give events a file of their own, for example file:asana-audit.jsonl.`
    return [{ setting, message }]
  })
  const isWritten = ({ path }: NamedPath): boolean =>
    archivesOf(pipelines).some((written) => isSameFile(written.path, path))
  const onlyRead = archives.filter((archive) => !isWritten(archive))
  return [...ofWritten, ...writtenInside(onlyRead, [...stateFile(state), ...writtenBeside(pipelines)])]
}

/** The problem of a state in the folder of an archive that a command reads: whoever opens a state writes files beside it. */
export function stateInArchive(state: StatePath, archives: readonly NamedPath[]): Problem[] {
  return writtenInside(archives, stateFile(state))
}

function writtenInside(archives: readonly NamedPath[], written: readonly NamedPath[]): Problem[] {
  return archives.flatMap(({ setting, path: folder }) =>
    written
      .filter(({ path }) => isInside(path, folder))
      .map((other) => ({ setting, message: `${insideArchive(other, folder)} Put the file elsewhere.` })),
  )
}

function stateFile(state: StatePath | undefined): NamedPath[] {
  if (!state || isPostgresAddress(state.statePath)) return []
  return [{ setting: state.statePathSetting, path: state.statePath }]
}

/** What pipelines write to a disk. */
function writtenBeside(pipelines: readonly PipelineSettings[]): NamedPath[] {
  const files = pipelines.flatMap(({ destination, destinationSetting: setting }) =>
    destination.kind === 'file' ? [{ setting, path: destination.path }] : [],
  )
  return [...files, ...archivesOf(pipelines)]
}

function archivesOf(pipelines: readonly PipelineSettings[]): NamedPath[] {
  return pipelines.flatMap(({ destination, destinationSetting: setting }) => {
    const isFolder = destination.kind === 'archive' && !destination.s3
    return isFolder ? [{ setting, path: destination.location }] : []
  })
}

function insideWritten(other: NamedPath, folder: string): string {
  return `${insideArchive(other, folder)} Put the file elsewhere, or give the archive a folder of its own, for example archive:${join(folder, 'archive')}.`
}

function insideArchive({ setting, path }: NamedPath, folder: string): string {
  return `${setting} names ${path}, which is inside the folder of this archive, ${folder}. Only the archive may be there: archive verify would report the file, and it would go into each copy.`
}

/** What SQLite and our locks add to the name of a state. */
const besideState = /^(?:-wal|-shm|-journal|\.[0-9a-f]{12}\.lock|\.lock)$/

function isOfState(path: string, statePath: string): boolean {
  if (isPostgresAddress(statePath)) return false
  const [real, realState] = [realPathOf(path), realPathOf(statePath)]
  const isBeside = real.startsWith(realState) && besideState.test(real.slice(realState.length))
  return isBeside || isSameFile(path, statePath)
}

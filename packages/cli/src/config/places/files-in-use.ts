import { join } from 'node:path'
import { isPostgresAddress, type NamedPath } from '@asana-audit/core/config'
import type { Problem } from '../../terminal/problem.ts'
import type { PipelineSettings } from '../pipeline/pipeline-settings.ts'
import type { StatePath } from '../state-path.ts'
import { isInside, isSameFile, realPathOf } from './same-file.ts'

/**
 * Events may not be written into the state, nor into a file that these settings name for another use; and the folder of an archive holds
 * nothing else. Looks at paths only.
 */
export function filesInUse(
  pipelines: readonly PipelineSettings[],
  state: StatePath | undefined,
  named: readonly NamedPath[],
): Problem[] {
  return pipelines.flatMap(({ destination, destinationSetting: setting }) => {
    if (destination.kind === 'archive' && !destination.s3) {
      const { location } = destination
      const others = [...stateFile(state), ...named, ...writtenBeside(pipelines)]
      return others
        .filter(({ path }) => isInside(path, location))
        .map((other) => ({ setting, message: insideArchive(other, location) }))
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
}

function stateFile(state: StatePath | undefined): NamedPath[] {
  if (!state || isPostgresAddress(state.statePath)) return []
  return [{ setting: state.statePathSetting, path: state.statePath }]
}

/** What pipelines write to a disk. */
function writtenBeside(pipelines: readonly PipelineSettings[]): NamedPath[] {
  return pipelines.flatMap(({ destination, destinationSetting: setting }) => {
    if (destination.kind === 'file') return [{ setting, path: destination.path }]
    const isFolder = destination.kind === 'archive' && !destination.s3
    return isFolder ? [{ setting, path: destination.location }] : []
  })
}

function insideArchive({ setting, path }: NamedPath, folder: string): string {
  return `${setting} names ${path}, which is inside the folder of this archive, ${folder}. Only the archive may be there: archive verify would report the file, and it would go into each copy. Put the file elsewhere, or give the archive a folder of its own, for example archive:${join(folder, 'archive')}.`
}

/** What SQLite and our locks add to the name of a state. */
const besideState = /^(?:-wal|-shm|-journal|\.[0-9a-f]{12}\.lock|\.lock)$/

function isOfState(path: string, statePath: string): boolean {
  if (isPostgresAddress(statePath)) return false
  const [real, realState] = [realPathOf(path), realPathOf(statePath)]
  const isBeside = real.startsWith(realState) && besideState.test(real.slice(realState.length))
  return isBeside || isSameFile(path, statePath)
}

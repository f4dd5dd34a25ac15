import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isPostgresAddress } from '@asana-audit/core/config'
import { codeOf } from '@asana-audit/core/sink-kit'
import type { Problem } from '../../terminal/problem.ts'
import type { Destination } from '../destination/destination.ts'
import type { PipelineSettings } from '../pipeline/pipeline-settings.ts'
import { statePasswordProblem } from '../state-password.ts'
import type { StatePath } from '../state-path.ts'
import { archiveFolderProblem } from './archive-folder-problem.ts'
import { outputFileProblem } from './output-file-problem.ts'
import { newStateProblem, stateFileProblem } from './state-file-problem.ts'

// What a start would fail to open. A path that is wrong is a problem of the configuration, and known before anything starts. A disk that
// becomes full or fails, or a file that another process holds, is not: exit status 2 would keep a service from starting again. Both functions
// look and write nothing.

/** What happens if the state is missing: it is made, or the command goes on without one. */
export type StateOpening = 'or-make' | 'if-there'

/** The problems of the place of the state. If that is a database, other problems show only when it is opened. */
export async function statePlaceProblems(
  state: StatePath,
  opening: StateOpening,
  env: NodeJS.ProcessEnv,
): Promise<Problem[]> {
  const { statePath, statePathSetting } = state
  if (isPostgresAddress(statePath)) {
    const problem = statePasswordProblem(statePath, env)
    return problem ? [problem] : []
  }
  const isMade = opening === 'or-make'
  if (await diskFails(statePath)) return []
  return named(statePathSetting, await (isMade ? newStateProblem(state) : stateFileProblem(statePath)))
}

/** The problems of the files and folders that pipelines write. */
export async function destinationPlaceProblems(pipelines: readonly PipelineSettings[]): Promise<Problem[]> {
  const found = pipelines.map(async ({ destination, destinationSetting }) =>
    named(destinationSetting, await destinationProblem(destination)),
  )
  return (await Promise.all(found)).flat()
}

async function destinationProblem(destination: Destination): Promise<string | undefined> {
  if (destination.kind === 'file')
    return (await diskFails(destination.path)) ? undefined : await outputFileProblem(destination)
  if (destination.kind !== 'archive' || destination.s3) return undefined
  return (await diskFails(destination.location))
    ? undefined
    : await archiveFolderProblem(destination.location)
}

/** What a path that is wrong fails with, on a disk that works. */
const wrongPath = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG'])

/** Whether the disk of this path fails, such as with EIO, ESTALE, or EROFS after an error. */
async function diskFails(path: string): Promise<boolean> {
  for (const one of [path, dirname(path)]) {
    const code = await access(one, constants.W_OK).then(() => undefined, codeOf)
    if (code !== undefined && !wrongPath.has(code)) return true
  }
  return false
}

function named(setting: string, message: string | undefined): Problem[] {
  return message === undefined ? [] : [{ setting, message }]
}

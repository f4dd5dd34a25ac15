import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type DurableState, fault, isFault } from '@asana-audit/core'
import { isPostgresAddress, rememberedMs } from '@asana-audit/core/config'
import { codeOf } from '@asana-audit/core/sink-kit'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import { statePassword } from '../config/state-password.ts'
import type { StatePath } from '../config/state-path.ts'
import type { Warning } from '../terminal/problem.ts'
import { sayWarning } from '../terminal/say.ts'

type Location = Pick<StatePath, 'statePath' | 'statePathIsDefault'> &
  Partial<Pick<StatePath, 'statePathSetting'>>

/** Opens the state, and makes it if it is missing. Imports the database only here, so that commands without a state do not load it. */
export async function openState(
  location: Location,
  pipelines: readonly PipelineSettings[] = [],
  onWarning: (warning: Warning) => void = sayWarning,
): Promise<DurableState> {
  const { statePath, statePathIsDefault } = location
  if (isPostgresAddress(statePath)) return openPostgres(location, rememberMs(pipelines), false)
  const { sqliteState } = await import('@asana-audit/core/sqlite-state')
  return await namingSetting(location, async () => {
    if (statePathIsDefault) makeFolder(dirname(statePath))
    return sqliteState({ path: statePath, rememberMs: rememberMs(pipelines), onWarning })
  })
}

/** Opens a state for commands that only read it: if a database has none, the address is wrong. For a file, `existingStateProblems` has checked that. */
export async function openExistingState(
  location: Location,
  pipelines: readonly PipelineSettings[] = [],
): Promise<DurableState> {
  const { statePath } = location
  if (isPostgresAddress(statePath)) return openPostgres(location, rememberMs(pipelines), true)
  return openState(location, pipelines)
}

/** Undefined if there is no state yet. */
export async function openStateIfThere(
  location: Location,
  onWarning?: (warning: Warning) => void,
): Promise<DurableState | undefined> {
  const { statePath } = location
  if (!isPostgresAddress(statePath))
    return existsSync(statePath) ? openState(location, [], onWarning) : undefined
  return openPostgres(location, rememberMs([]), true).catch((error: unknown) => {
    if (isFault(error) && error.code === 'no_state') return undefined
    throw error
  })
}

async function openPostgres(
  location: Location,
  rememberMs: number,
  mustExist: boolean,
): Promise<DurableState> {
  const { statePath: url } = location
  const { postgresState } = await import('@asana-audit/core/postgres-state')
  const password = (): string => statePassword(url, process.env)
  return await namingSetting(location, () => postgresState({ url, password, rememberMs, mustExist }))
}

/** Names the setting of the state in a fault, because that is what a person must change if the state cannot be opened. */
async function namingSetting<T>({ statePathSetting }: Location, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (statePathSetting === undefined || !isFault(error) || error.fault !== 'fatal') throw error
    const message = `${statePathSetting}: ${error.message}`
    throw fault({ ...error, fault: 'fatal', message, cause: error.cause })
  }
}

/** For how long a state must remember ids for these pipelines. */
export function rememberMs(pipelines: readonly PipelineSettings[]): number {
  return Math.max(rememberedMs({}), ...pipelines.map(rememberedMs))
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    const message = `The folder of the state, ${folder}, cannot be created (${codeOf(error)}). Give this user the permission, or use another path for the state.`
    throw fault({ fault: 'fatal', code: 'state_unusable', message, cause: error })
  }
}

import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type DurableState, fault, isFault } from '@asana-audit/core'
import { isPostgresAddress, rememberedMs } from '@asana-audit/core/config'
import { codeOf } from '@asana-audit/core/sink-kit'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import type { StatePath } from '../config/state-path.ts'
import type { Warning } from '../terminal/problem.ts'
import { sayOnStderr } from '../terminal/say.ts'

type Location = Pick<StatePath, 'statePath' | 'statePathIsDefault'>

/** Opens the state, and makes it if it is missing. Imports what it is kept in only here, so that commands without a state do not load it. */
export async function openState(
  { statePath, statePathIsDefault }: Location,
  pipelines: readonly PipelineSettings[] = [],
  onWarning: (warning: Warning) => void = ({ message }) => sayOnStderr(`! ${message}`),
): Promise<DurableState> {
  if (isPostgresAddress(statePath)) return openPostgres(statePath, rememberMs(pipelines), false)
  const { sqliteState } = await import('@asana-audit/core/sqlite-state')
  if (statePathIsDefault) makeFolder(dirname(statePath))
  return sqliteState({ path: statePath, rememberMs: rememberMs(pipelines), onWarning })
}

/** The same for commands that read a state: a database without one is a wrong address. They have looked for a file already (`missingState`). */
export async function openExistingState(
  location: Location,
  pipelines: readonly PipelineSettings[] = [],
): Promise<DurableState> {
  const { statePath } = location
  if (isPostgresAddress(statePath)) return openPostgres(statePath, rememberMs(pipelines), true)
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
  return openPostgres(statePath, rememberMs([]), true).catch((error: unknown) => {
    if (isFault(error) && error.code === 'no_state') return undefined
    throw error
  })
}

async function openPostgres(url: string, rememberMs: number, mustExist: boolean): Promise<DurableState> {
  const { postgresState } = await import('@asana-audit/core/postgres-state')
  const { statePassword } = await import('../config/state-password.ts')
  return postgresState({ url, password: () => statePassword(url, process.env), rememberMs, mustExist })
}

/** For how long a state must remember ids for these pipelines. */
export function rememberMs(pipelines: readonly PipelineSettings[]): number {
  return Math.max(rememberedMs({}), ...pipelines.map(rememberedMs))
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    const message = `The folder of the state, ${folder}, cannot be created (${codeOf(error)}). Give this user the permission, or use another path for the state: --state or ASANA_AUDIT_STATE.`
    throw fault({ fault: 'fatal', code: 'state_unusable', message, cause: error })
  }
}

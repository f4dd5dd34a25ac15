import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fault } from '@asana-audit/core'
import { codeOf } from '@asana-audit/core/sink-kit'
import type { SqliteState, StateWarning } from '@asana-audit/core/sqlite-state'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import type { Settings } from '../config/read-settings.ts'
import { sayOnStderr } from '../terminal/say.ts'

/** How much longer than the settled window ids are remembered. Also covers the overlap after an expired offset. */
const rememberBeyondMs = 7_200_000

/**
 * Opens the state file. Imports `node:sqlite` only here, so that commands without a state do not load it.
 */
export async function openState(
  { statePath, statePathIsDefault }: Pick<Settings, 'statePath' | 'statePathIsDefault'>,
  pipelines: readonly PipelineSettings[] = [],
  onWarning: (warning: StateWarning) => void = ({ message }) => sayOnStderr(`! ${message}`),
): Promise<SqliteState> {
  const { sqliteState } = await import('@asana-audit/core/sqlite-state')
  if (statePathIsDefault) makeFolder(dirname(statePath))
  return sqliteState({ path: statePath, rememberMs: rememberMs(pipelines), onWarning })
}

/** For how long a state must remember ids for these pipelines. */
export function rememberMs(pipelines: readonly PipelineSettings[]): number {
  return Math.max(0, ...pipelines.map((one) => one.settledWindowMs + one.rereadEveryMs)) + rememberBeyondMs
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    const message = `The folder of the state, ${folder}, cannot be created (${codeOf(error)}). Give this user the permission, or use another path for the state: --state or ASANA_AUDIT_STATE.`
    throw fault({ fault: 'fatal', code: 'state_unusable', message, cause: error })
  }
}

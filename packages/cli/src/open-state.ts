import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SqliteState } from '@asana-audit/core/sqlite-state'
import type { Settings } from './config/read-settings.ts'

/**
 * Opens the state file. Imported when it is needed and not before: `node:sqlite` is loaded then, and commands without a
 * state do without it.
 */
export async function openState({
  statePath,
  statePathIsDefault,
}: Pick<Settings, 'statePath' | 'statePathIsDefault'>): Promise<SqliteState> {
  const { sqliteState } = await import('@asana-audit/core/sqlite-state')
  if (statePathIsDefault) mkdirSync(dirname(statePath), { recursive: true, mode: 0o700 })
  return sqliteState({ path: statePath })
}

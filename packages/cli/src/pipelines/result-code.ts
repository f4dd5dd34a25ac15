import { isFault } from '@asana-audit/core'
import type { PipelineResult } from '../progress/reporters/pipeline-result.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'

/** Faults of the state and the fleet that a change of the configuration corrects. */
const configurationCodes = new Set([
  'bad_state_address',
  'bad_time',
  'cannot_listen',
  'deleted_by_asana',
  'filters_changed',
  'foreign_state',
  'known_tenant',
  'missing_package',
  'newer_state',
  'no_state',
  'not_migrated',
  'not_yet_read',
  'nothing_to_resume',
  'pg_missing',
  'position_in_future',
  'settings_differ',
  'transaction_pooling',
  'unfinished_backfill',
  'unknown_tenant',
  'wrong_tenant',
])

/** The exit code of the worst result. */
export function resultCode(results: readonly PipelineResult[]): ExitCode {
  const faults = results.flatMap(({ fault }) => fault ?? [])
  if (faults.some(({ code }) => !configurationCodes.has(code))) return exitCode.failed
  if (faults.length > 0) return exitCode.wrongConfiguration
  return results.some(({ delivered }) => delivered.quarantined > 0) ? exitCode.quarantined : exitCode.done
}

/** The exit code of a fault before any pipeline runs. */
export function faultCode(error: unknown): ExitCode {
  return isFault(error) && configurationCodes.has(error.code) ? exitCode.wrongConfiguration : exitCode.failed
}

import type { PantherSinkOptions } from '@asana-audit/panther-http'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import type { DestinationOf } from './opening.ts'

/** The connection options for the sink and for `check`. */
export function pantherConnectionOf(
  { proxies }: PipelineSettings,
  { options }: DestinationOf<'panther-http'>,
): PantherSinkOptions {
  return { ...options, ...proxies.through(options.credentials) }
}

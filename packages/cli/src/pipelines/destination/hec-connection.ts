import type { HecSinkOptions } from '@asana-audit/splunk-hec'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import type { DestinationOf } from './opening.ts'

/** The connection options for the sink and for `check`. */
export function hecConnectionOf(
  { workspace, proxies }: PipelineSettings,
  { options }: DestinationOf<'splunk-hec'>,
): HecSinkOptions {
  return {
    ...options,
    // Splunk's default would be the address of this machine.
    host: options.host ?? workspace,
    ...proxies.through(options.credentials),
  }
}

import type { HecSinkOptions } from '@asana-audit/splunk-hec'
import type { PipelineSettings } from '../../config/pipeline-settings.ts'
import type { DestinationOf } from './opening.ts'

/** The options of a sink and of a check. */
export function hecConnectionOf(
  { workspace, http }: PipelineSettings,
  { options }: DestinationOf<'splunk-hec'>,
): HecSinkOptions {
  return {
    ...options,
    // Splunk's own default would be the address we happen to come from.
    host: options.host ?? workspace,
    proxy: http.proxy,
  }
}

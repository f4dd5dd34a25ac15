import { auditResourceAttributes, keepAll } from '@asana-audit/schema'
import type { PipelineSettings } from '../config/pipeline-settings.ts'
import type { Warning } from '../terminal/problem.ts'
import type { OpenDestination, Opening } from './destination/opening.ts'

/**
 * Loads what the destination of a pipeline needs, and nothing that other kinds need. `ownResource`: attributes of the user's own, over
 * ours. Rejects with a fault where somebody else writes the file.
 */
export async function openDestination(
  pipeline: PipelineSettings,
  ownResource: Readonly<Record<string, string>>,
  onWarning: (warning: Warning) => void,
): Promise<OpenDestination> {
  const { destination, workspace, details, relevance } = pipeline
  for (const warning of pipeline.warnings) onWarning(warning)
  const opening: Opening = {
    pipeline,
    resource: { ...auditResourceAttributes({ workspace }), ...ownResource },
    recordOptions: { fieldPolicy: keepAll, details, relevance },
    onWarning,
  }
  switch (destination.kind) {
    case 'otlp': {
      const { openOtlp } = await import('./destination/otlp.ts')
      return openOtlp(opening, destination)
    }
    case 'splunk-hec': {
      const { openSplunkHec } = await import('./destination/splunk-hec.ts')
      return openSplunkHec(opening, destination)
    }
    case 'file': {
      const { openFile } = await import('./destination/lines.ts')
      return openFile(opening, destination)
    }
    case 'stdout': {
      const { openStdout } = await import('./destination/lines.ts')
      return openStdout(opening)
    }
  }
}

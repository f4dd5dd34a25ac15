import { auditResourceAttributes, keepAll } from '@asana-audit/schema'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import type { Warning } from '../terminal/problem.ts'
import type { OpenDestination, Opening } from './destination/opening.ts'

/**
 * Loads only what the destination of this pipeline needs. `ownResource`: the user's resource attributes, which override ours. `http`: connections it shares. Rejects
 * with a fault if another process writes the file.
 */
export async function openDestination(
  pipeline: PipelineSettings,
  ownResource: Readonly<Record<string, string>>,
  onWarning: (warning: Warning) => void,
  {
    onFact,
    http,
    notes,
    mark,
    replay,
  }: Partial<Pick<Opening, 'onFact' | 'http' | 'notes' | 'mark' | 'replay'>> = {},
): Promise<OpenDestination> {
  const { destination, workspace, details, relevance } = pipeline
  for (const warning of pipeline.warnings) onWarning(warning)
  const context = pipeline.context?.(onWarning)
  const opening: Opening = {
    pipeline,
    resource: { ...auditResourceAttributes({ workspace }), ...ownResource },
    recordOptions: { fieldPolicy: keepAll, details, relevance, context, ...(mark && { [mark]: true }) },
    onWarning,
    ...{ context, onFact, http, notes, mark, replay },
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
    case 'panther-http': {
      const { openPantherHttp } = await import('./destination/panther-http.ts')
      return openPantherHttp(opening, destination)
    }
    case 'archive': {
      const { openArchive } = await import('./destination/archive.ts')
      return openArchive(opening, destination)
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

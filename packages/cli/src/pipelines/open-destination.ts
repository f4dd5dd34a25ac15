import { auditResourceAttributes, keepAll } from '@asana-audit/schema'
import type { PipelineSettings } from '../config/pipeline/pipeline-settings.ts'
import type { Warning } from '../terminal/problem.ts'
import type { EventOrigins, Route } from './destination/event-origins.ts'
import type { OpenDestination, Opening, Replay } from './destination/opening.ts'

interface OpenOptions extends Partial<Pick<Opening, 'onFact' | 'http' | 'notes' | 'mark'>> {
  /** What is known about the events, if they come from an archive. */
  readonly replay?: Replay | undefined
  /**
   * Where the events come from, for a pipeline that adds their provenance.
   * @default what `replay` says
   */
  readonly source?: 'quarantine'
  /** Where the caller itself notes how events came. Undefined: the returned `onArrival` notes it, if the settings ask for that. */
  readonly origins?: EventOrigins | undefined
}

/**
 * Loads only what the destination of this pipeline needs. `ownResource`: the user's resource attributes, which override ours. `http`: connections it shares. Rejects
 * with a fault if another process writes the file.
 */
export async function openDestination(
  pipeline: PipelineSettings,
  ownResource: Readonly<Record<string, string>>,
  onWarning: (warning: Warning) => void,
  { onFact, http, notes, mark, replay, source, origins }: OpenOptions = {},
): Promise<OpenDestination> {
  const { workspace, details, relevance, name } = pipeline
  for (const warning of pipeline.warnings) onWarning(warning)
  const noted = origins ?? (await originsFor(pipeline))
  const client = pipeline.context?.(onWarning)
  const context = noted?.context(client) ?? client
  const observedAt = replay?.observedAt ?? noted?.receivedAt
  const opened = await openKind({
    pipeline,
    resource: { ...auditResourceAttributes({ workspace }), ...ownResource },
    recordOptions: { fieldPolicy: keepAll, details, relevance, context, ...(mark && { [mark]: true }) },
    onWarning,
    ...{ context, onFact, http, notes, mark, observedAt },
  })
  if (!noted || origins) return opened
  const route: Route = {
    source: source ?? (replay ? 'archive' : 'audit_log'),
    ...{ workspace, pipeline: name, mark, observedAt: replay?.observedAt },
  }
  return { ...opened, onArrival: noted.noting(route) }
}

/** Undefined if nobody asks for the provenance of events, and for an archive, which keeps them as they are. */
export async function originsFor({
  provenance,
  destination,
}: PipelineSettings): Promise<EventOrigins | undefined> {
  if (!provenance || destination.kind === 'archive') return undefined
  const { eventOrigins } = await import('./destination/event-origins.ts')
  return eventOrigins()
}

async function openKind(opening: Opening): Promise<OpenDestination> {
  const { destination } = opening.pipeline
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

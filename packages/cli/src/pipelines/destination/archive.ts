import { archiveSink } from '@asana-audit/archive'
import { archiveStore } from './archive-store.ts'
import { type DestinationOf, type OpenDestination, type Opening, unchanged } from './opening.ts'

/** The source has applied the field policy, so the record of an event is the event itself. */
export function openArchive(
  { pipeline, onWarning }: Opening,
  destination: DestinationOf<'archive'>,
): OpenDestination {
  const { compression, maxAgeMs, maxRows, maxBytes, signing } = destination
  const sink = archiveSink({
    store: archiveStore(destination, pipeline.proxies, onWarning),
    lane: pipeline.name,
    ...{ compression, maxAgeMs, maxRows, maxBytes, signingKey: signing?.key(), onWarning },
  })
  return { sink: sink as OpenDestination['sink'], map: unchanged }
}

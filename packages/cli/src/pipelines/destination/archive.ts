import { archiveSink, folderStore } from '@asana-audit/archive'
import { type DestinationOf, type OpenDestination, type Opening, unchanged } from './opening.ts'

/** The source has applied the field policy, so the record of an event is the event itself. */
export function openArchive(
  { pipeline, onWarning }: Opening,
  { location, compression, maxAgeMs, maxRows, maxBytes, signing }: DestinationOf<'archive'>,
): OpenDestination {
  const sink = archiveSink({
    store: folderStore({ path: location, onWarning }),
    lane: pipeline.name,
    ...{ compression, maxAgeMs, maxRows, maxBytes, signingKey: signing?.key(), onWarning },
  })
  return { sink: sink as OpenDestination['sink'], map: unchanged }
}

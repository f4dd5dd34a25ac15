import { archiveSink } from '@asana-audit/archive'
import { archiveStore } from '../../input/archive/archive-store.ts'
import { headKeeper, keptHead, placeOfArchive } from './archive-head.ts'
import { type DestinationOf, type OpenDestination, type Opening, unchanged } from './opening.ts'

/** The source has applied the field policy, so the record of an event is the event itself. */
export async function openArchive(
  { pipeline, onWarning, notes }: Opening,
  destination: DestinationOf<'archive'>,
): Promise<OpenDestination> {
  const { formats, ocsf, compression, maxAgeMs, maxRows, maxBytes, signing } = destination
  const store = archiveStore(destination, pipeline.proxies, onWarning)
  const place = placeOfArchive(store.place)
  const sink = archiveSink({
    store,
    lane: pipeline.name,
    ...(notes && { head: await keptHead(notes, place), onHead: headKeeper(notes, place, onWarning) }),
    ...{ ocsf, view: { workspace: pipeline.workspace, relevance: pipeline.relevance } },
    ...{ formats, compression, maxAgeMs, maxRows, maxBytes, signingKey: signing?.key(), onWarning },
  })
  return { sink: sink as OpenDestination['sink'], map: unchanged }
}

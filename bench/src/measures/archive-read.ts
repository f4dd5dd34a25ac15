import { largeArchive } from '../archive/large-archive.ts'
import type { RunCase } from '../case.ts'
import { runCase } from '../run-case.ts'

/** Reads from an archive that is made before, in another process than that of the round. */
export const archiveRead: RunCase = async (one, servers) => {
  const place = await largeArchive(one.options.archived ?? one.events)
  return runCase({ ...one, options: { ...one.options, place }, variant: 'archive-read' }, servers)
}

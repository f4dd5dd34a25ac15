import type { ObjectStore } from '../store/object-store.ts'
import { compactionLane } from './manifest-chain.ts'
import { entryKeyIn, laneFolder, type ManifestEntry, readEntry } from './manifest-entry.ts'

/** What was recorded after a manifest was read. `heads`: by the folder of each lane, the newest entry that was read. */
export async function newerEntries(
  store: ObjectStore,
  heads: ReadonlyMap<string, { readonly sequence: number }>,
  signal: AbortSignal | undefined,
): Promise<ManifestEntry[]> {
  const newer: ManifestEntry[] = []
  // Objects may have been joined since for the first time.
  for (const [folder, head] of new Map([[laneFolder(compactionLane), { sequence: 0 }], ...heads])) {
    for (let sequence = head.sequence + 1; ; sequence += 1) {
      const bytes = await store.read(entryKeyIn(folder, sequence), signal)
      const entry = bytes && readEntry(bytes)
      if (!entry) break
      newer.push(entry)
    }
  }
  return newer
}

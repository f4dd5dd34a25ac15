import type { ObjectStore } from '../store/object-store.ts'
import { compactionLane } from './manifest-chain.ts'
import { entryKeyIn, laneFolder, type ManifestEntry, readEntry } from './manifest-entry.ts'

/** An entry as it is stored, under the number of its key. */
export interface StoredEntry {
  readonly key: string
  /** As the key has it. */
  readonly sequence: number
  readonly bytes: Uint8Array
}

/** The entries of a lane after this number, up to the first gap. A list may lack them: a page of the list was lost, or they were written since. */
export async function* entriesAfter(
  store: ObjectStore,
  folder: string,
  last: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredEntry> {
  for (let sequence = last + 1; ; sequence += 1) {
    const key = entryKeyIn(folder, sequence)
    const bytes = await store.read(key, signal)
    if (!bytes) return
    yield { key, sequence, bytes }
  }
}

/** What was recorded after a manifest was read. `heads`: by the folder of each lane, the newest entry that was read. */
export async function newerEntries(
  store: ObjectStore,
  heads: ReadonlyMap<string, { readonly sequence: number }>,
  signal: AbortSignal | undefined,
): Promise<ManifestEntry[]> {
  const newer: ManifestEntry[] = []
  // Objects may have been joined since for the first time.
  for (const [folder, head] of new Map([[laneFolder(compactionLane), { sequence: 0 }], ...heads])) {
    for await (const { bytes } of entriesAfter(store, folder, head.sequence, signal)) {
      const entry = readEntry(bytes)
      if (!entry) break
      newer.push(entry)
    }
  }
  return newer
}

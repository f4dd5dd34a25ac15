import { manifestFolder, readEntryKey } from '../manifest/manifest-entry.ts'
import { entriesAfter, type StoredEntry } from '../manifest/newer-entries.ts'
import type { VerifyingKey } from '../manifest/signature.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type ArchiveProblem, foreign } from './archive-problem.ts'
import { readAll } from './read-all.ts'
import { type CheckedChain, type StoredChain, verifyChain } from './verify-chain.ts'

export interface CheckedManifest {
  /** One chain for each lane. */
  readonly chains: readonly CheckedChain[]
  readonly problems: readonly ArchiveProblem[]
}

/** Reads all entries, and compares the manifest with itself. `onRead` hears how many were read, and of how many. */
export async function verifyManifest(
  store: ObjectStore,
  publicKey: VerifyingKey | undefined,
  signal: AbortSignal | undefined,
  onRead?: (read: number, all: number) => void,
): Promise<CheckedManifest> {
  const problems: ArchiveProblem[] = []
  const chains: CheckedChain[] = []
  for await (const stored of storedChains(store, problems, signal, onRead)) {
    const chain = verifyChain(stored, publicKey)
    chains.push(chain)
    problems.push(...chain.problems)
  }
  return { chains, problems }
}

/** Reads the chains of one lane after the other. Anything else in the folder of the manifest is a problem. */
async function* storedChains(
  store: ObjectStore,
  problems: ArchiveProblem[],
  signal: AbortSignal | undefined,
  onRead?: (read: number, all: number) => void,
): AsyncGenerator<StoredChain> {
  const lanes = new Map<string, Map<string, number>>()
  for await (const { key } of store.list(manifestFolder, signal)) {
    const found = readEntryKey(key)
    if (!found) {
      problems.push(foreign(key))
      continue
    }
    const sequences = lanes.get(found.folder) ?? new Map<string, number>()
    lanes.set(found.folder, sequences.set(key, found.sequence))
  }
  const all = [...lanes.values()].reduce((sum, { size }) => sum + size, 0)
  let read = 0
  for (const [folder, sequences] of lanes) {
    const stored: StoredEntry[] = []
    for await (const [key, bytes] of readAll(store, [...sequences.keys()].sort(), signal)) {
      read += 1
      onRead?.(read, all)
      if (bytes) stored.push({ key, sequence: sequences.get(key)!, bytes })
    }
    const last = stored.at(-1)?.sequence ?? 0
    for await (const one of entriesAfter(store, folder, last, signal)) stored.push(one)
    if (stored.length > 0) yield { folder, stored }
  }
}

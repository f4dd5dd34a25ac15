import { entryKeyIn, manifestFolder, readEntryKey } from '../manifest/manifest-entry.ts'
import { entriesAfter, type StoredEntry } from '../manifest/newer-entries.ts'
import type { VerifyingKey } from '../manifest/signature.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type ArchiveProblem, foreign } from './archive-problem.ts'
import { readAll } from './read-all.ts'
import { isProofOfPresence, type UnreadObjects } from './unread-objects.ts'
import { type CheckedChain, type StoredChain, type UnreadEntry, verifyChain } from './verify-chain.ts'

export interface CheckedManifest {
  /** One chain for each lane. */
  readonly chains: readonly CheckedChain[]
  readonly problems: readonly ArchiveProblem[]
}

export interface VerifyManifestOptions {
  readonly store: ObjectStore
  /**
   * Why the store does not give some entries now: see `withoutUnread`.
   * @default none: the fault of such an entry ends the reading
   */
  readonly unread?: UnreadObjects
  readonly publicKey?: VerifyingKey | undefined
  readonly signal: AbortSignal | undefined
  /** Hears how many entries were read, and of how many. */
  readonly onRead?: (read: number, all: number) => void
}

/** Reads all entries, and compares the manifest with itself. */
export async function verifyManifest(options: VerifyManifestOptions): Promise<CheckedManifest> {
  const problems: ArchiveProblem[] = []
  const chains: CheckedChain[] = []
  for await (const stored of storedChains(options, problems)) {
    const chain = verifyChain(stored, options.publicKey)
    chains.push(chain)
    problems.push(...chain.problems)
  }
  return { chains, problems }
}

/** Reads the chains of one lane after the other. Anything else in the folder of the manifest is a problem. */
async function* storedChains(
  options: VerifyManifestOptions,
  problems: ArchiveProblem[],
): AsyncGenerator<StoredChain> {
  const { store, unread, signal, onRead } = options
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
    const stored: (StoredEntry | UnreadEntry)[] = []
    for await (const [key, bytes] of readAll(store, [...sequences.keys()].sort(), signal)) {
      read += 1
      onRead?.(read, all)
      const sequence = sequences.get(key)!
      const why = unread?.get(key)
      if (why) stored.push({ key, sequence, why })
      else if (bytes) stored.push({ key, sequence, bytes })
    }
    for await (const one of afterList(options, folder, stored.at(-1)?.sequence ?? 0)) stored.push(one)
    if (stored.length > 0) yield { folder, stored }
  }
}

/** The entries that the list lacked at its end. One that is there and that the store does not give now does not end them. */
async function* afterList(
  { store, unread, signal }: VerifyManifestOptions,
  folder: string,
  last: number,
): AsyncGenerator<StoredEntry | UnreadEntry> {
  for (let sequence = last; ; ) {
    for await (const one of entriesAfter(store, folder, sequence, signal)) {
      sequence = one.sequence
      yield one
    }
    sequence += 1
    const key = entryKeyIn(folder, sequence)
    const why = unread?.get(key)
    if (!why || !isProofOfPresence(why)) return
    yield { key, sequence, why }
  }
}

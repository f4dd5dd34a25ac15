import { type ManifestEntry, manifestFolder, readEntry, readEntryKey } from '../manifest/manifest-entry.ts'
import { entriesAfter, type StoredEntry } from '../manifest/newer-entries.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type ArchiveProblem, foreign } from '../verify/archive-problem.ts'
import { chainCheck } from '../verify/verify-chain.ts'

/** Where the chain of a lane ends, or ended. */
export interface ChainHead {
  readonly sequence: number
  /** The SHA-256 of that entry. */
  readonly sha256: string
}

export interface ScanOptions {
  readonly store: ObjectStore
  /** Milliseconds since 1970: entries that were written well before cannot be about events from then on, and are not read. */
  readonly since: number | undefined
  /** Called with the entries of one lane after the other, in the order of each lane. */
  readonly onEntry: (entry: ManifestEntry) => void
  readonly onProblem: (problem: ArchiveProblem) => void
  readonly onProgress?: ((read: number, all: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** How many entries are read at once. They are small, so most of the time goes into waiting for the store. */
const atOnce = 32
/** How much earlier than its events an entry may seem to be written, because clocks differ. */
const slackMs = 2 * 86_400_000

interface LaneKeys {
  readonly folder: string
  /** In the order of the chain. */
  readonly keys: readonly EntryKey[]
}

interface ReadLane extends LaneKeys {
  /** The number that the first entry must have. */
  readonly firstNumber: number
}

interface EntryKey {
  readonly key: string
  readonly sequence: number
}

/**
 * Reads the entries that may be about events of a time, and checks the chains as far as they are read. Resolves with the ends of the
 * chains, by the folder of the lane.
 */
export async function scanManifest(options: ScanOptions): Promise<ReadonlyMap<string, ChainHead>> {
  const { store, since, onEntry, onProblem, onProgress, signal } = options
  const lanes: ReadLane[] = []
  for (const { folder, keys } of await listLanes(options)) {
    const from = since === undefined ? 0 : await firstWrittenFrom(options, keys, since - slackMs)
    // The last one is always read: it is the head.
    const first = Math.min(from, keys.length - 1)
    lanes.push({ folder, keys: keys.slice(first), firstNumber: (keys[first - 1]?.sequence ?? 0) + 1 })
  }
  const all = lanes.reduce((sum, { keys }) => sum + keys.length, 0)
  const heads = new Map<string, ChainHead>()
  let read = 0
  for (const { folder, keys, firstNumber } of lanes) {
    const check = chainCheck(folder, firstNumber)
    const add = (stored: StoredEntry): void => {
      const { entry, digest, problems } = check.stored(stored)
      for (const problem of problems) onProblem(problem)
      if (entry) onEntry(entry)
      heads.set(folder, { sequence: stored.sequence, sha256: digest })
    }
    for (let from = 0; from < keys.length; from += atOnce) {
      const some = keys.slice(from, from + atOnce)
      const stored = await Promise.all(some.map(({ key }) => store.read(key, signal)))
      for (const [index, bytes] of stored.entries()) {
        // An entry that was removed just now shows as a gap before the next entry.
        if (bytes) add({ ...some[index]!, bytes })
      }
      read += some.length
      onProgress?.(read, all)
    }
    const last = heads.get(folder)?.sequence ?? keys.at(-1)?.sequence ?? 0
    for await (const stored of entriesAfter(store, folder, last, signal)) add(stored)
  }
  return heads
}

async function listLanes({ store, onProblem, signal }: ScanOptions): Promise<LaneKeys[]> {
  const lanes = new Map<string, EntryKey[]>()
  for await (const { key } of store.list(manifestFolder, signal)) {
    const named = readEntryKey(key)
    if (!named) {
      onProblem(foreign(key))
      continue
    }
    const keys = lanes.get(named.folder) ?? []
    lanes.set(named.folder, keys)
    keys.push({ key, sequence: named.sequence })
  }
  return [...lanes].map(([folder, keys]) => ({
    folder,
    keys: keys.sort((one, other) => one.sequence - other.sequence),
  }))
}

/** The index of the first entry that was written at this time or later. Entries of a lane are written one after the other. */
async function firstWrittenFrom(
  { store, signal }: ScanOptions,
  keys: readonly EntryKey[],
  at: number,
): Promise<number> {
  let [low, high] = [0, keys.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const bytes = await store.read(keys[middle]!.key, signal)
    const entry = bytes && readEntry(bytes)
    // An entry that cannot be read is reported later with the other problems. It does not end the search.
    if (entry && Date.parse(entry.written_at) < at) low = middle + 1
    else high = middle
  }
  return low
}

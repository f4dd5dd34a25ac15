import { laneFolder, type ManifestEntry } from '../manifest/manifest-entry.ts'
import { newerEntries } from '../manifest/newer-entries.ts'
import { replacedBy } from '../manifest/replaced-by.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { UnreadObjects } from './unread-objects.ts'
import type { CheckedChain } from './verify-chain.ts'
import { verifyManifest } from './verify-manifest.ts'

/** A manifest while processes write to it: a run may record objects, and other objects may be joined and removed. */
export interface GrowingManifest {
  /** The entries of objects that no other one replaces. */
  live(): readonly ManifestEntry[]
  /** Reads the entries that were recorded since. Returns whether one of these objects, which are gone, is in a joined object now. */
  joins(gone: readonly string[]): Promise<boolean>
}

export async function growingManifest(
  store: ObjectStore,
  unread: UnreadObjects,
  signal: AbortSignal | undefined,
): Promise<GrowingManifest> {
  const { chains } = await verifyManifest({ store, unread, signal })
  const entries = chains.flatMap((chain) => chain.entries)
  const heads = headsOf(chains)
  let live = liveOf(entries)
  return {
    live: () => live,
    async joins(gone) {
      const newer = await newerEntries(store, heads, signal)
      for (const entry of newer) heads.set(laneFolder(entry.lane), entry)
      entries.push(...newer)
      live = liveOf(entries)
      return newer.some(({ replaces = [] }) => replaces.some((key) => gone.includes(key)))
    },
  }
}

/** The newest entry of each lane, by the folder of the lane. */
export function headsOf(chains: readonly CheckedChain[]): Map<string, ManifestEntry> {
  return new Map(
    chains.flatMap(({ entries }) => entries.slice(-1).map((entry) => [laneFolder(entry.lane), entry])),
  )
}

function liveOf(entries: readonly ManifestEntry[]): readonly ManifestEntry[] {
  const replaced = replacedBy(entries)
  return entries.filter(({ key }) => !replaced.has(key))
}

import { fault } from '@asana-audit/core'
import { dayOf, readKey } from '../layout/object-key.ts'
import { type ManifestEntry, manifestFolder } from '../manifest/manifest-entry.ts'
import { newerEntries } from '../manifest/newer-entries.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type ArchiveProblem, noArchive, notAFile } from '../verify/archive-problem.ts'
import { objectFormats } from './object-formats.ts'
import type { TimeSpan } from './planned-events.ts'
import { type ChainHead, scanManifest } from './scan-manifest.ts'

/** What an archive has of a time, by its manifest. */
export interface ArchiveIndex {
  /** The entries of objects of that time, lane by lane. */
  readonly entries: readonly ManifestEntry[]
  /** The same entries, and all others of their days. */
  readonly ofDays: readonly ManifestEntry[]
  /** The end of each chain, by the folder of the lane. */
  readonly heads: ReadonlyMap<string, ChainHead>
  /** Objects of that time without an entry. It looks into the manifest once more, since a run may have recorded one just now. */
  notRecorded(): Promise<string[]>
}

export interface IndexArchiveOptions extends TimeSpan {
  readonly store: ObjectStore
  readonly onProblem: (problem: ArchiveProblem) => void
  readonly onProgress?: ((read: number, all: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

interface Scan extends Pick<ArchiveIndex, 'ofDays' | 'heads'> {
  readonly problems: readonly ArchiveProblem[]
}

/** Rejects with a fatal `no_archive` for a place without a manifest. */
export async function indexArchive(options: IndexArchiveOptions): Promise<ArchiveIndex> {
  const { store, since, until, signal } = options
  // List the objects before the manifest is read: an object gets its entry right after it was created.
  const unknown = new Set<string>()
  for await (const key of storedKeys(options)) unknown.add(key)
  for (const folder of [manifestFolder, ...foldersOf(options)])
    for await (const one of store.notFiles?.(folder) ?? []) options.onProblem(notAFile(one))

  /** The entries that were written from a time on; undefined: all. */
  async function scan(from: number | undefined): Promise<Scan> {
    const problems: ArchiveProblem[] = []
    const ofDays: ManifestEntry[] = []
    const heads = await scanManifest({
      ...{ ...options, since: from, onProblem: (problem) => problems.push(problem) },
      onEntry(entry) {
        unknown.delete(entry.key)
        if (Date.parse(entry.last) > since - dayMs && Date.parse(entry.first) < until + dayMs)
          ofDays.push(entry)
      },
    })
    return { problems, ofDays, heads }
  }
  const from = Number.isFinite(since) ? since : undefined
  let found = await scan(from)
  // An entry may have a wrong time, because the clock of its writer was wrong. So look at all entries.
  if (from !== undefined && [...unknown].some((key) => readKey(key))) found = await scan(undefined)
  const { problems, ofDays, heads } = found
  for (const problem of problems) options.onProblem(problem)
  if (heads.size === 0) {
    const { code, message } = noArchive(store.place, unknown.size > 0)
    throw fault({ fault: 'fatal', code, message })
  }
  return {
    entries: ofDays.filter(({ first, last }) => Date.parse(last) >= since && Date.parse(first) < until),
    ofDays,
    heads,
    async notRecorded() {
      if (unknown.size > 0)
        for (const { key } of await newerEntries(store, heads, signal)) unknown.delete(key)
      return [...unknown]
    },
  }
}

/** The fewest days for which one list of everything is cheaper than one list a day. */
const manyDays = 62
const dayMs = 86_400_000

/** Keys of the days of a time, in the formats that can be read. */
async function* storedKeys(options: IndexArchiveOptions): AsyncGenerator<string> {
  const { store, since, until, signal } = options
  for (const folder of foldersOf(options))
    for await (const { key } of store.list(folder, signal)) if (isOfDays(key, since, until)) yield key
}

/** The folders of the days of a time, if they are few; otherwise the folders of the formats. */
function foldersOf({ since, until }: TimeSpan): string[] {
  const formats = objectFormats.map(({ folder }) => folder)
  if (until - since >= manyDays * dayMs) return formats
  const days: string[] = []
  for (let at = since; dayOf(at) <= dayOf(until - 1); at += dayMs) days.push(dayOf(at))
  return formats.flatMap((folder) => days.map((day) => `${folder}day=${day}/`))
}

function isOfDays(key: string, since: number, until: number): boolean {
  const midnight = Date.parse(/\/day=([^/]+)\//.exec(key)?.[1] ?? '')
  return Number.isNaN(midnight) || (midnight > since - dayMs && midnight < until)
}

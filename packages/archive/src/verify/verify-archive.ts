import { objectFolders, readKey } from '../layout/object-key.ts'
import { type ManifestEntry, manifestFolder } from '../manifest/manifest-entry.ts'
import { newerEntries } from '../manifest/newer-entries.ts'
import type { ReadProgress } from '../manifest/read-progress.ts'
import { replacedBy } from '../manifest/replaced-by.ts'
import { type VerifyingKey, verifyingKey } from '../manifest/signature.ts'
import { isHidden } from '../store/hidden.ts'
import { markerKey } from '../store/marker.ts'
import type { ObjectStore } from '../store/object-store.ts'
import {
  type ArchiveProblem,
  foreign,
  headMissing,
  joinDiffers,
  lacksEntries,
  noArchive,
  notAFile,
  notRead,
  notRecorded,
  perhapsJoined,
} from './archive-problem.ts'
import { contradictions } from './contradictions.ts'
import { headsOf } from './growing-manifest.ts'
import { isHeldNow } from './held-now.ts'
import { readAll } from './read-all.ts'
import { type FormatReport, seenEvents } from './seen-events.ts'
import { type UnreadObjects, withoutUnread } from './unread-objects.ts'
import type { CheckedChain } from './verify-chain.ts'
import { lacks } from './verify-joined.ts'
import { verifyManifest } from './verify-manifest.ts'
import { verifyObject } from './verify-object.ts'

export type { ArchiveProblem, ArchiveProblemCode } from './archive-problem.ts'
export type { FormatReport } from './seen-events.ts'

export interface VerifyArchiveOptions {
  /** The archive: `folderStore({ path })` or `s3Store({ … })`. It is only read. */
  readonly store: ObjectStore
  /**
   * The text of the Ed25519 public key in PEM, or of several if the key was changed. With it, an entry without its signature is a problem.
   * @default none: the chain is checked, and signatures are not
   */
  readonly publicKey?: string | readonly string[] | undefined
  /**
   * The head of a chain as an earlier report gave it, or several. If one is not in the archive, newer entries were taken away or the
   * chain was made anew.
   * @default none
   */
  readonly head?: string | readonly string[] | undefined
  /** Called from time to time with what was read so far: `{ entries, ofEntries, objects, ofObjects }`. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined
  /** Ends the comparison. */
  readonly signal?: AbortSignal | undefined
}

/** Without the entries that cannot be read now. */
export interface LaneReport {
  readonly lane: string
  readonly entries: number
  /** The SHA-256 of the newest entry: keep it where nobody can change it. */
  readonly head: string
}

export interface ArchiveReport {
  readonly place: string
  readonly lanes: readonly LaneReport[]
  /** The number of objects that are there, without those that were joined into another one. */
  readonly objects: number
  /** The number of events. An event in several formats counts once. */
  readonly events: number
  /** What the archive holds in each format that it has. */
  readonly formats: readonly FormatReport[]
  /** RFC 3339: the times of the first and the last event that the manifest records; undefined for an empty archive. */
  readonly first: string | undefined
  readonly last: string | undefined
  readonly problems: readonly ArchiveProblem[]
}

/**
 * Compares what is stored with the manifest, object by object: missing, changed, swapped, reordered, and what the manifest does not
 * know. It needs the store alone, so it works on a copy too, and beside processes that write or join objects. An object or entry that
 * cannot be read now is a problem, and the others are compared. Rejects with all other faults of the store, and with a TypeError for a wrong key.
 */
export async function verifyArchive(options: VerifyArchiveOptions): Promise<ArchiveReport> {
  const { signal } = options
  const { store, unread } = withoutUnread(options.store)
  const publicKey = options.publicKey === undefined ? undefined : verifyingKey(options.publicKey)
  for (;;) {
    const { report, heads } = await verifyOnce({ ...options, store }, unread, publicKey)
    const { problems } = report
    if (!problems.some(({ code }) => code === 'missing' || code === 'not_recorded')) return report
    const newer = await newerEntries(store, heads, signal)
    // Objects were joined meanwhile, so the archive is compared as it is now.
    const joined = new Set(newer.flatMap(({ replaces = [] }) => replaces))
    if (problems.some(({ code, key }) => code === 'missing' && joined.has(key))) continue
    const recorded = new Set(newer.map(({ key }) => key))
    const left = problems.filter(({ code, key }) => code !== 'not_recorded' || !recorded.has(key))
    return { ...report, problems: left }
  }
}

interface VerifiedOnce {
  readonly report: ArchiveReport
  readonly heads: ReadonlyMap<string, ManifestEntry>
}

/** As the manifest was at the beginning. */
async function verifyOnce(
  { store, head = [], onProgress, signal }: VerifyArchiveOptions,
  unread: UnreadObjects,
  publicKey: VerifyingKey | undefined,
): Promise<VerifiedOnce> {
  const ofManifest = (entries: number, ofEntries: number): void =>
    onProgress?.({ entries, ofEntries, objects: 0, ofObjects: 0 })
  const { chains, problems: inManifest } = await verifyManifest({
    ...{ store, unread, publicKey, signal },
    onRead: ofManifest,
  })
  const problems = [...inManifest]
  for (const noted of [head].flat()) {
    if (chains.some(({ digests }) => digests.includes(noted))) continue
    const isUnread = inManifest.some(({ code }) => code === 'not_read')
    problems.push(headMissing(store.place, noted, isUnread))
  }
  const entries = chains.flatMap((chain) => chain.entries)
  const twice = await contradictions({ store, entries, among: entries, signal })
  problems.push(...twice.problems)
  const onObject = (objects: number, ofObjects: number): void =>
    onProgress?.({ entries: entries.length, ofEntries: entries.length, objects, ofObjects })
  const { superseded } = twice
  const checked = await verifyObjects({ store, unread, entries, superseded, problems, onObject, signal })
  if (chains.length === 0) problems.unshift(noArchive(store.place, problems.length > 0))
  const firsts = entries.map(({ first }) => first).sort()
  const lasts = entries.map(({ last }) => last).sort()
  const report = {
    place: store.place,
    lanes: chains.flatMap(laneReport),
    ...{ ...checked, first: firsts[0], last: lasts.at(-1), problems },
  }
  return { report, heads: headsOf(chains) }
}

/** None of a lane of which the store gives no entry now. */
function laneReport({ lane, digests }: CheckedChain): LaneReport[] {
  const head = digests.at(-1)
  return head === undefined ? [] : [{ lane, entries: digests.length, head }]
}

interface ObjectsOptions {
  readonly store: ObjectStore
  readonly unread: UnreadObjects
  readonly entries: readonly ManifestEntry[]
  /** The entries that are not compared any more. */
  readonly superseded: ReadonlySet<ManifestEntry>
  readonly problems: ArchiveProblem[]
  readonly onObject: (read: number, all: number) => void
  readonly signal: AbortSignal | undefined
}

async function verifyObjects(
  options: ObjectsOptions,
): Promise<Pick<ArchiveReport, 'objects' | 'events' | 'formats'>> {
  const { store, unread, superseded, problems, onObject, signal } = options
  const entries = options.entries.filter((entry) => !superseded.has(entry))
  const recorded = Map.groupBy(entries, ({ key }) => key)
  const entriesOf = (key: string): readonly ManifestEntry[] => recorded.get(key) ?? []
  const rewritten = recordedAnew(options.entries)
  const byDay = Map.groupBy(options.entries, ({ key }) => readKey(key)?.day)
  const bySha256 = new Map(entries.map((entry) => [entry.sha256, entry.key]))
  const lacksSome = lacksEntries(problems)
  // A file of somebody else may be anywhere. Where there is no archive, everything else is somebody's.
  for (const folder of entries.length > 0 ? [''] : objectFolders) {
    for await (const { key } of store.list(folder, signal)) {
      if (recorded.has(key) || isOurs(key)) continue
      problems.push(readKey(key) ? notRecorded(key, lacksSome) : foreign(key))
    }
    for await (const one of store.notFiles?.(folder) ?? []) problems.push(notAFile(one))
  }
  const keys = inOrderOfDays([...recorded.keys()])
  const replaced = replacedBy(entries)
  const seen = seenEvents()
  let objects = 0
  let read = 0
  for await (const [key, bytes] of readAll(store, keys, signal)) {
    read += 1
    onObject(read, keys.length)
    const fault = unread.get(key)
    if (fault) {
      problems.push(notRead(key, fault))
      if (replaced.has(key)) continue
      // An object that cannot be read now counts as there.
      objects += 1
      seen.add(key, [])
      continue
    }
    // The joined object holds what it replaces, and that is compared.
    if (replaced.has(key) && !bytes) continue
    const entry = entriesOf(key).at(-1)!
    // No problem if the object was lost and its events came again, in an object with another first event.
    const among = byDay.get(readKey(key)?.day) ?? []
    if (!bytes && (await isHeldNow(entry, { store, among, signal }))) continue
    const checked = await verifyObject(entry, bytes, (digest) => bySha256.get(digest), rewritten.has(key))
    if (checked.problem) problems.push(!bytes && lacksSome ? perhapsJoined(checked.problem) : checked.problem)
    if (replaced.has(key) || !bytes) continue
    objects += 1
    const lacking = checked.problem ? undefined : lacks(checked.events, entriesOf(key), entriesOf)
    if (lacking) problems.push(joinDiffers(key, lacking))
    problems.push(...seen.add(key, checked.events))
  }
  return { objects, events: seen.events(), formats: seen.formats() }
}

/** Keys with entries whose SHA-256 differ, so that no entry proves what was stored first. */
function recordedAnew(entries: readonly ManifestEntry[]): ReadonlySet<string> {
  const first = new Map<string, string>()
  const anew = new Set<string>()
  for (const { key, sha256 } of entries) {
    if ((first.get(key) ?? sha256) !== sha256) anew.add(key)
    first.set(key, sha256)
  }
  return anew
}

/** What belongs there without being an object: the manifest, which is compared by itself, and what a writer needs. */
function isOurs(key: string): boolean {
  return key.startsWith(manifestFolder) || key === markerKey || isHidden(key)
}

function inOrderOfDays(keys: readonly string[]): string[] {
  const days = new Map(keys.map((key) => [key, `${readKey(key)?.day ?? ''} ${key}`]))
  return keys.toSorted((one, other) => (days.get(one)! < days.get(other)! ? -1 : 1))
}

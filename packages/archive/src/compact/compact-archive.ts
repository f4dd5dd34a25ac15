import { type Clock, fault } from '@asana-audit/core'
import { type OptionNames, refuseUnknownOptions, systemClock } from '@asana-audit/core/sink-kit'
import type { ObjectForm } from '../formats/object-form.ts'
import { dayFolder, dayOf, isDay, readKey } from '../layout/object-key.ts'
import { compactionLane, openManifestChain } from '../manifest/manifest-chain.ts'
import { type ManifestEntry, manifestFolder } from '../manifest/manifest-entry.ts'
import { signingKey } from '../manifest/signature.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { noArchive } from '../verify/archive-problem.ts'
import { contradicting } from '../verify/contradictions.ts'
import { verifyManifest } from '../verify/verify-manifest.ts'
import { type CompactDayOptions, type CompactedDay, compactDay } from './compact-day.ts'
import { keyMissing, manifestBroken, notClosed } from './compaction-faults.ts'

export interface CompactArchiveOptions {
  /** The archive: `folderStore({ path })` or `s3Store({ … })`. The caller closes it. */
  readonly store: ObjectStore
  /**
   * One UTC day, such as `2026-03-10`. It must be closed: its end is more than a day ago.
   * @default all closed days
   */
  readonly day?: string | undefined
  /**
   * Only UTC days before this one, such as `2026-03-10`.
   * @default none
   */
  readonly before?: string | undefined
  /**
   * The text of the Ed25519 private key in PEM that signs the entries of the archive. It is needed where they are signed.
   * @default none
   */
  readonly signingKey?: string | undefined
  /**
   * Whether objects stay after they were joined. The next call without it removes them.
   * @default false
   */
  readonly keepOriginals?: boolean | undefined
  /**
   * Whether it only says what it would join. It writes and removes nothing then.
   * @default false
   */
  readonly dryRun?: boolean | undefined
  /** Hears of each day when it is done, once for each format. */
  readonly onDay?: ((day: CompactedDay) => void) | undefined
  /** Ends it between two steps. Called again, it finishes what was begun. */
  readonly signal?: AbortSignal | undefined
  /**
   * `now`, `sleep` and `random`, for tests.
   * @default the system's
   */
  readonly clock?: Clock | undefined
}

const names: OptionNames<CompactArchiveOptions> = {
  ...{ store: true, day: true, before: true, signingKey: true, keepOriginals: true, dryRun: true },
  ...{ onDay: true, signal: true, clock: true },
}

/** Late events of a day come within hours of it. */
const closedAfterMs = 86_400_000

/**
 * Joins the small objects of closed days. A joined object and its entry, which names what it replaces, are created and read back; only
 * then the objects that it replaces are removed. Called again after a crash, it finishes what was begun. Days without anything to join are
 * not in the result. Rejects with the faults of the store, `no_archive`, `object_lock`, `day_not_closed`, `manifest_broken`, `damaged_object`,
 * `not_joined`, `signing_key_missing` and `another_writer`; throws a TypeError for a wrong option.
 */
export async function compactArchive(options: CompactArchiveOptions): Promise<readonly CompactedDay[]> {
  refuseUnknownOptions('compactArchive', names, options)
  const { store, day, before, keepOriginals = false, dryRun = false, onDay, signal } = options
  const { clock = systemClock } = options
  for (const [name, value] of Object.entries({ day, before })) {
    if (value !== undefined && !isDay(value))
      throw new TypeError(`The option ${name} of compactArchive must be a UTC day such as 2026-03-10.`)
  }
  const key = options.signingKey === undefined ? undefined : signingKey(options.signingKey)
  const lastClosed = dayOf(clock.now() - closedAfterMs - 86_400_000)
  if (day !== undefined && day > lastClosed) throw notClosed(day, closedAfterMs)
  await mustBeArchive(store, signal)
  if (!dryRun) await store.claim()
  if (!dryRun && !keepOriginals) await store.allowsRemoval(signal)

  const { chains, problems } = await verifyManifest({ store, signal })
  if (problems[0]) throw manifestBroken(problems[0].message)
  const entries = chains.flatMap((chain) => chain.entries)
  if (!key && entries.some(({ signature }) => signature)) throw keyMissing(store.place)
  const chain = dryRun
    ? undefined
    : await openManifestChain({ store, lane: compactionLane, signingKey: key, clock }, signal)

  const done: CompactedDay[] = []
  // An object with two entries that disagree is evidence, and stays as it is.
  const doubtful = new Set(contradicting(entries).map(([{ key }]) => key))
  for (const one of recordedDays(entries.filter(({ key }) => !doubtful.has(key)))) {
    const isLeft = (day !== undefined && one.day !== day) || (before !== undefined && one.day >= before)
    if (isLeft || one.day > lastClosed) continue
    signal?.throwIfAborted()
    const compacted = await compactDay({ ...one, store, chain, keepOriginals, signal })
    if (compacted.joined.length === 0 && compacted.removed.length === 0) continue
    done.push(compacted)
    onDay?.(compacted)
  }
  return done
}

/** Call it before the place is claimed: if somebody gives a wrong folder, that folder must stay as it is. */
async function mustBeArchive(store: ObjectStore, signal: AbortSignal | undefined): Promise<void> {
  for await (const _ of store.list(manifestFolder, signal)) return
  const { code, message } = noArchive(store.place, false)
  throw fault({ fault: 'fatal', code, message: `${message} Nothing was joined.` })
}

/** Each day of each record, in the order of the days. Views stay as they are: other programs read them, and would take a joined object for new events. */
function recordedDays(
  entries: readonly ManifestEntry[],
): Pick<CompactDayOptions, 'day' | 'form' | 'entries'>[] {
  const days = new Map<string, { day: string; form: ObjectForm; entries: ManifestEntry[] }>()
  for (const entry of entries) {
    const { day, form } = readKey(entry.key) ?? {}
    if (day === undefined || !form?.isRecord) continue
    const folder = dayFolder(form, day)
    const one = days.get(folder) ?? { day, form, entries: [] }
    one.entries.push(entry)
    days.set(folder, one)
  }
  return [...days.values()].sort((one, other) => (one.day < other.day ? -1 : one.day > other.day ? 1 : 0))
}

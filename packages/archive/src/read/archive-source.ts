import { type Batch, type Fault, fault, type Identified, type Source } from '@asana-audit/core'
import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import { entryKeyIn, type ManifestEntry } from '../manifest/manifest-entry.ts'
import { sha256 } from '../sha256.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { ArchiveProblem } from '../verify/archive-problem.ts'
import { contradictions } from '../verify/contradictions.ts'
import { isHeldNow } from '../verify/held-now.ts'
import { type ArchivePosition, type ChainHeads, decodePosition, encodePosition } from './archive-position.ts'
import { indexArchive } from './index-archive.ts'
import { joinedMeanwhile } from './joined-meanwhile.ts'
import { type ArchivedEvent, plannedEvents, type TimeSpan } from './planned-events.ts'
import { refuse, timeSpan } from './read-archive.ts'
import { unreadable } from './read-problem.ts'
import { roundPlan } from './round-plan.ts'

export interface ArchiveSourceOptions {
  /** The archive: `folderStore({ path })` or `s3Store({ … })`. It is only read, and stays open. */
  readonly store: ObjectStore
  /**
   * RFC 3339: events from this time on.
   * @default from the oldest event
   */
  readonly since?: string | undefined
  /**
   * RFC 3339: events before this time.
   * @default to the newest event
   */
  readonly until?: string | undefined
  /**
   * Called for each part that is left out, as it is missing, was changed or gives no events back.
   * @default none: reading rejects with a fatal `archive_incomplete`
   */
  readonly onProblem?: ((problem: ArchiveProblem) => void) | undefined
}

/** A source for `deliver`: it ends when everything that is recorded was given. Its cursor is a position in the manifest. */
export interface ArchiveSource extends Source<Identified> {
  /** RFC 3339: when the manifest recorded the object of an event that this source gave. Asana had shown the event by then. */
  recordedAt(event: Identified): string | undefined
}

const names: OptionNames<ArchiveSourceOptions> = { store: true, since: true, until: true, onProblem: true }

/** Events in a batch. */
const mostEvents = 500
/** About how many bytes of memory an event takes until it is delivered. */
const usualBytes = 1_000

/**
 * An archive as a source: it gives what the manifest has, in the order of time, and from a cursor on what came after it and what was
 * recorded since. It rejects with the faults of the store and of `readArchive`, and with a fatal `other_archive` or `other_range` for a
 * cursor that does not belong to it. Throws a TypeError for a time that cannot be read.
 */
export function archiveSource(options: ArchiveSourceOptions): ArchiveSource {
  refuseUnknownOptions('archiveSource', names, options)
  const span = timeSpan('archiveSource', options)
  const recorded = new WeakMap<Identified, string>()
  return {
    read: (cursor, signal) => read(options, span, recorded, cursor, signal),
    recordedAt: (event) => recorded.get(event),
  }
}

async function* read(
  options: ArchiveSourceOptions,
  span: TimeSpan,
  recorded: WeakMap<Identified, string>,
  cursor: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch<Identified>, void, undefined> {
  const { store, onProblem = refuse, since = null, until = null } = options
  const range = { version: 1, since, until } as const
  let position: ArchivePosition = cursor === undefined ? { ...range, after: {} } : decodePosition(cursor)
  if (position.since !== since || position.until !== until) throw otherRange(position)
  await checkHeads(store, { ...position.after, ...position.upTo }, signal)
  for (;;) {
    if (signal?.aborted) return
    const index = await indexArchive({ ...span, store, onProblem, signal })
    const heads = Object.fromEntries(index.heads)
    const upTo = position.upTo ?? heads
    const { entries, ofDays: among } = index
    const { superseded } = await contradictions({ store, entries, among, signal })
    const plan = roundPlan(
      entries.filter((entry) => !superseded.has(entry)),
      position,
      upTo,
    )
    for (const { key } of plan.unreadable) onProblem(unreadable(key, store.place))
    let batch: ArchivedEvent[] = []
    const passed = (): Batch<Identified> => {
      const { key, event } = batch.at(-1)!
      const { first } = plan.objects.find(({ entry }) => entry.key === key)!.entry
      position = { ...range, after: position.after, upTo, last: { key, first, gid: event.gid } }
      const events = batch.map((one) => one.event)
      batch = []
      return { events, malformed: [], cursor: encodePosition(position), bytes: events.length * usualBytes }
    }
    try {
      const isHeld = (entry: ManifestEntry): Promise<boolean> => isHeldNow(entry, { store, among, signal })
      const joined = joinedMeanwhile({ store, entries: among, heads: index.heads, signal })
      for await (const one of plannedEvents(plan, { ...span, store, onProblem, joined, isHeld, signal })) {
        // An object ends a batch, so that its position is saved before another one is opened.
        if (batch.length > 0 && batch[0]?.key !== one.key) yield passed()
        recorded.set(one.event, one.recordedAt)
        batch.push(one)
        if (batch.length === mostEvents) yield passed()
        if (signal?.aborted) return
      }
    } catch (error) {
      if (signal?.aborted) return
      // The events before the fault are delivered all the same.
      if (batch.length > 0) yield passed()
      throw error
    }
    if (batch.length > 0) yield passed()
    position = { ...range, after: { ...position.after, ...upTo } }
    yield { events: [], malformed: [], cursor: encodePosition(position) }
    // A run may have recorded more since the position was begun.
    if (isSame(heads, upTo)) return
  }
}

function isSame(one: ChainHeads, other: ChainHeads): boolean {
  return Object.entries(one).every(([folder, { sequence }]) => other[folder]?.sequence === sequence)
}

/** Checks that each chain still has the entry that was its end: a chain only grows. */
async function checkHeads(
  store: ObjectStore,
  heads: ChainHeads,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [folder, head] of Object.entries(heads)) {
    const key = entryKeyIn(folder, head.sequence)
    const bytes = await store.read(key, signal)
    if (!bytes || sha256(bytes) !== head.sha256) throw otherArchive(key, store.place)
  }
}

function otherArchive(key: string, place: string): Fault {
  const message = `The position is of another archive than ${place}, or entries of its manifest were changed: ${key} is not the one it was. Give the archive that was read before, or begin again with this one.`
  return fault({ fault: 'fatal', code: 'other_archive', message })
}

function otherRange({ since, until }: ArchivePosition): Fault {
  const range = `${since === null ? 'from the oldest event' : `from ${since}`} ${until === null ? 'to the newest' : `to ${until}`}`
  const message = `The position is of the time range ${range}. Give that one to go on, or begin again.`
  return fault({ fault: 'fatal', code: 'other_range', message })
}

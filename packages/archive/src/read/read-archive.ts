import { fault } from '@asana-audit/core'
import { type OptionNames, refuseUnknownOptions } from '@asana-audit/core/sink-kit'
import { parseMillis } from '@asana-audit/schema/lossless'
import type { ReadProgress } from '../manifest/read-progress.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { ArchiveProblem } from '../verify/archive-problem.ts'
import { contradictions } from '../verify/contradictions.ts'
import { isHeldNow } from '../verify/held-now.ts'
import { indexArchive } from './index-archive.ts'
import { joinedMeanwhile } from './joined-meanwhile.ts'
import { type ArchivedEvent, plannedEvents, type TimeSpan } from './planned-events.ts'
import { readProblem, unreadable } from './read-problem.ts'
import { readingPlan } from './reading-plan.ts'

export interface ReadArchiveOptions {
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
   * Called for each part that is left out, as it is missing, was changed or is not in the manifest.
   * @default none: reading rejects with a fatal `archive_incomplete`
   */
  readonly onProblem?: ((problem: ArchiveProblem) => void) | undefined
  /** Called from time to time with what was read so far: `{ entries, ofEntries, objects, ofObjects }`. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined
  /** Ends the reading, which rejects then. */
  readonly signal?: AbortSignal | undefined
}

const names: OptionNames<ReadArchiveOptions> = {
  ...{ store: true, since: true, until: true, onProblem: true, onProgress: true, signal: true },
}

/**
 * The events of an archive, in the order of its objects and so nearly in the order of time, each once, also where it has them in
 * several formats. Only objects whose times match are opened, and only what is as the manifest says is given. Memory holds one line and
 * some compressed objects, for an archive of any size; and a joined object, if objects are joined while they are read. Throws a TypeError
 * for a time that cannot be read. Rejects with the faults of the store, with a fatal `no_archive` and, without `onProblem`, with
 * `archive_incomplete`.
 */
export async function* readArchive(
  options: ReadArchiveOptions,
): AsyncGenerator<ArchivedEvent, void, undefined> {
  refuseUnknownOptions('readArchive', names, options)
  const { store, signal, onProblem = refuse, onProgress } = options
  const span = timeSpan('readArchive', options)
  let [entries, ofEntries] = [0, 0]
  const index = await indexArchive({
    ...{ ...span, store, onProblem, signal },
    onProgress(read, all) {
      entries = read
      ofEntries = all
      onProgress?.({ entries, ofEntries, objects: 0, ofObjects: 0 })
    },
  })
  const { entries: inTime, ofDays: among } = index
  const { problems, superseded } = await contradictions({ store, entries: inTime, among, signal })
  for (const problem of problems) onProblem(problem)
  const plan = readingPlan(inTime.filter((entry) => !superseded.has(entry)))
  for (const { key } of plan.unreadable) onProblem(unreadable(key, store.place))
  yield* plannedEvents(plan, {
    ...{ ...span, store, onProblem, signal },
    joined: joinedMeanwhile({ store, entries: among, heads: index.heads, signal }),
    isHeld: (entry) => isHeldNow(entry, { store, among, signal }),
    onObject: (objects, ofObjects) => onProgress?.({ entries, ofEntries, objects, ofObjects }),
  })
  for (const key of await index.notRecorded()) {
    const what = 'is in the archive and not in its manifest'
    onProblem(readProblem('not_recorded', key, what, store.place))
  }
}

/** Throws a TypeError for a time that is not RFC 3339. */
export function timeSpan(
  name: string,
  { since, until }: Pick<ReadArchiveOptions, 'since' | 'until'>,
): TimeSpan {
  const at = (option: 'since' | 'until', text: string | undefined, open: number): number => {
    const millis = text === undefined ? open : parseMillis(text)
    if (millis !== undefined) return millis
    throw new TypeError(`The option ${option} of ${name} must be a time such as 2026-01-31T08:00:00Z.`)
  }
  return {
    since: at('since', since, Number.NEGATIVE_INFINITY),
    until: at('until', until, Number.POSITIVE_INFINITY),
  }
}

/** Throws a fatal `archive_incomplete`: an archive that lacks a part must not look complete. */
export function refuse({ message }: ArchiveProblem): never {
  throw fault({ fault: 'fatal', code: 'archive_incomplete', message })
}

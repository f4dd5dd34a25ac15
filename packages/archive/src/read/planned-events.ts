import type { Identified } from '@asana-audit/core'
import { millisAt } from '@asana-audit/schema/lossless'
import type { ManifestEntry } from '../manifest/manifest-entry.ts'
import { sha256 } from '../sha256.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { ArchiveProblem } from '../verify/archive-problem.ts'
import { readProblem } from './read-problem.ts'
import type { PlannedObject, ReadingPlan } from './reading-plan.ts'

export interface ArchivedEvent {
  /** As it was archived. */
  readonly event: Identified
  /** RFC 3339: when its object was recorded in the manifest. Asana had shown the event by then. */
  readonly recordedAt: string
  /** Its object, and its place there, from 0 on. */
  readonly key: string
  readonly row: number
}

/** Milliseconds since 1970, from `since` on, before `until`. */
export interface TimeSpan {
  readonly since: number
  readonly until: number
}

export interface PlannedEventsOptions extends TimeSpan {
  readonly store: ObjectStore
  readonly onProblem: (problem: ArchiveProblem) => void
  /** The events of an object that is gone, if it was joined with others since it was planned. */
  readonly joined?: ((entry: ManifestEntry) => Promise<readonly Identified[] | undefined>) | undefined
  /** Whether the events of an object that is gone are in others. */
  readonly isHeld: (entry: ManifestEntry) => Promise<boolean>
  readonly onObject?: ((read: number, all: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Objects that are fetched before their turn. */
const ahead = 3

/** The gids of an object, for as long as another format may have them again. */
interface Seen {
  readonly last: number
  readonly gids: Set<string>
}

/** The events of a time, object by object, each only if it is as the manifest says. Memory holds some compressed objects and one line. */
export async function* plannedEvents(
  { objects, isMixed }: ReadingPlan,
  options: PlannedEventsOptions,
): AsyncGenerator<ArchivedEvent, void, undefined> {
  const { since, until, onProblem, joined, isHeld, onObject } = options
  let seen: Seen[] = []
  for await (const [index, bytes] of fetched(objects, options)) {
    const object = objects[index]!
    const { entry, first, last, given } = object
    const moved = bytes ? undefined : await joined?.(entry)
    const { place } = options.store
    const problem = moved ? undefined : problemWith(object, bytes, place)
    if (problem && (bytes || !(await isHeld(entry)))) onProblem(problem)
    const events = moved ?? (bytes && !problem ? checked(object, bytes, options) : undefined)
    if (events) {
      const isWhole = first >= since && last < until
      const gids = new Set<string>()
      seen = seen.filter((one) => one.last >= first)
      let isGiven = given !== undefined
      let row = -1
      for await (const event of events) {
        row += 1
        const isRepeat = isMixed && seen.some((one) => one.gids.has(event.gid))
        if (isMixed) gids.add(event.gid)
        if (!isGiven && !isRepeat && (isWhole || isIn(event, options)))
          yield { event, recordedAt: entry.written_at, key: entry.key, row }
        if (typeof given === 'object' && event.gid === given.upTo) isGiven = false
      }
      if (isMixed) seen.push({ last, gids })
      if (isGiven && typeof given === 'object') {
        const what = `does not hold the event ${given.upTo}, after which the reading was to go on`
        onProblem(readProblem('changed', entry.key, what, place))
      }
    }
    onObject?.(index + 1, objects.length)
  }
}

/** The events of an object. If reading it fails midway, that is a problem, and the next object follows. */
async function* checked(
  { entry, format }: PlannedObject,
  bytes: Uint8Array,
  { store, onProblem }: PlannedEventsOptions,
): AsyncGenerator<Identified, void, undefined> {
  const events = format.events(entry.key, bytes)[Symbol.asyncIterator]()
  let given = 0
  try {
    for (;;) {
      const result = await events.next().catch((error: unknown) => error as Error)
      if (result instanceof Error) {
        const what = `cannot be read to its end (${result.message})`
        return onProblem(readProblem('damaged', entry.key, what, store.place))
      }
      if (result.done && given === entry.rows) return
      if (result.done) {
        const what = `gives ${given} events where its entry tells of ${entry.rows}`
        return onProblem(readProblem('entry_differs', entry.key, what, store.place))
      }
      given += 1
      yield result.value
    }
  } finally {
    await events.return?.()
  }
}

function problemWith(
  { entry }: PlannedObject,
  bytes: Uint8Array | undefined,
  place: string,
): ArchiveProblem | undefined {
  if (!bytes) return readProblem('missing', entry.key, 'is in the manifest and not in the archive', place)
  if (sha256(bytes) === entry.sha256) return undefined
  return readProblem('changed', entry.key, 'is not as it was stored: its SHA-256 is another one', place)
}

function isIn(event: Identified, { since, until }: TimeSpan): boolean {
  const at = millisAt(event.created_at)
  return at >= since && at < until
}

/** Fetches objects in their order, some of them ahead of their turn. */
async function* fetched(
  objects: readonly PlannedObject[],
  { store, signal }: PlannedEventsOptions,
): AsyncGenerator<readonly [index: number, bytes: Uint8Array | undefined], void, undefined> {
  const waiting: Promise<Uint8Array | undefined>[] = []
  for (let index = 0; index < objects.length; index += 1) {
    signal?.throwIfAborted()
    for (let next = index + waiting.length; next <= index + ahead && next < objects.length; next += 1) {
      const read = store.read(objects[next]!.entry.key, signal)
      // If the reader ends before its turn, nobody else handles a rejection.
      read.catch(() => {})
      waiting.push(read)
    }
    yield [index, await waiting.shift()!]
  }
}

import { type Fault, fault, type Identified } from '@asana-audit/core'
import { millisAt } from '@asana-audit/schema/lossless'
import { dayOf, readKey } from '../layout/object-key.ts'
import { type ManifestEntry, manifestFolder } from '../manifest/manifest-entry.ts'
import { digestOf } from '../objects/object-facts.ts'
import { readObject } from '../objects/read-object.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { ArchiveProblem } from './archive-problem.ts'
import { type GrowingManifest, growingManifest } from './growing-manifest.ts'
import { readAll } from './read-all.ts'
import { type UnreadObjects, withoutUnread } from './unread-objects.ts'

/** Milliseconds since 1970, `until` exclusive. */
interface Span {
  readonly from: number
  readonly until: number
}

export interface CompareArchiveOptions {
  /** The archive: `folderStore({ path })` or `s3Store({ … })`. It is only read. */
  readonly store: ObjectStore
  /** The times that are compared, `{ from, until }` in milliseconds since 1970. */
  readonly spans: readonly Span[]
  /**
   * Called with `(from, until)` once for each of `spans`: gives the events of that time as the log shows them now, after the field policy of
   * the archive, in the order of time. An event may come again, or late, up to a day after newer ones.
   */
  readonly shown: (from: number, until: number) => AsyncIterable<readonly Identified[]>
  /** Ends the comparison. */
  readonly signal?: AbortSignal | undefined
}

interface Archived {
  readonly key: string
  readonly digest: string
}

/** A part of a UTC day, while events of it come. */
interface OpenDay extends Span {
  /** The archived events, by gid. */
  readonly archived: ReadonlyMap<string, Archived>
  /** Times of objects that cannot be read now, the last millisecond included. What they hold is unknown. */
  readonly unknown: readonly Span[]
  readonly seen: Set<string>
}

const dayMs = 86_400_000
/** How many days are open: that of the newest event and the one before, because a source reads the last hour again after a refused offset. */
const mostOpenDays = 2

/**
 * Compares an archive with what the log shows now, event by event: `not_archived`, `rewritten` and `not_shown`. Holds the gids of two days
 * at most. Rejects with the faults of the store, with those of `shown`, and with a fatal `not_in_order` if its events go back further than that.
 * Objects that are damaged are left out: `verifyArchive` names them. Of one that cannot be read now (`not_read`), the time is not compared. If
 * an entry cannot be read now, no event is `not_archived`.
 */
export async function compareArchive(options: CompareArchiveOptions): Promise<ArchiveProblem[]> {
  const { store, unread } = withoutUnread(options.store)
  const manifest = await growingManifest(store, unread, options.signal)
  const problems: ArchiveProblem[] = []
  for (const span of options.spans)
    problems.push(...(await compareSpan(span, manifest, unread, { ...options, store })))
  return [
    ...problems.filter(({ code }) => code !== 'not_archived' || !lacksEntry(unread)),
    ...[...unread].map(([key, fault]) => notCompared(key, fault)),
  ]
}

/** Then it is unknown what the archive holds, so nothing can be called missing. */
function lacksEntry(unread: UnreadObjects): boolean {
  return [...unread.keys()].some((key) => key.startsWith(manifestFolder))
}

async function compareSpan(
  { from, until }: Span,
  manifest: GrowingManifest,
  unread: UnreadObjects,
  { store, shown, signal }: CompareArchiveOptions,
): Promise<ArchiveProblem[]> {
  const problems: ArchiveProblem[] = []
  const unopened = inDays({ from, until })
  const open: OpenDay[] = []

  function finish({ archived, seen }: OpenDay): void {
    for (const [gid, { key }] of archived) if (!seen.has(gid)) problems.push(notShown(gid, key))
  }

  /** Opens the days up to this time. */
  async function reach(at: number): Promise<void> {
    while (unopened[0] && unopened[0].from <= at) {
      signal?.throwIfAborted()
      const day = unopened.shift()!
      if (open.length === mostOpenDays) finish(open.shift()!)
      open.push({ ...day, ...(await archivedIn(store, manifest, unread, day, signal)), seen: new Set() })
    }
  }

  for await (const events of shown(from, until)) {
    for (const event of events) {
      const { gid, created_at } = event
      const at = millisAt(created_at)
      if (at < from || at >= until) continue
      await reach(at)
      const day = open.find((one) => at >= one.from && at < one.until)
      if (!day) throw notInOrder(gid, created_at)
      if (day.seen.has(gid)) continue
      day.seen.add(gid)
      const one = day.archived.get(gid)
      if (!one && day.unknown.some((span) => at >= span.from && at <= span.until)) continue
      if (!one) problems.push(notArchived(gid, created_at))
      else if (one.digest !== digestOf(event)) problems.push(rewritten(gid, one.key))
    }
  }
  await reach(until)
  open.forEach(finish)
  return problems
}

/** Parts of one UTC day each. */
function inDays({ from, until }: Span): Span[] {
  const parts: Span[] = []
  for (let at = from; at < until; ) {
    const end = Math.min(until, (Math.floor(at / dayMs) + 1) * dayMs)
    parts.push({ from: at, until: end })
    at = end
  }
  return parts
}

async function archivedIn(
  store: ObjectStore,
  manifest: GrowingManifest,
  unread: UnreadObjects,
  { from, until }: Span,
  signal: AbortSignal | undefined,
): Promise<Pick<OpenDay, 'archived' | 'unknown'>> {
  for (;;) {
    const archived = new Map<string, Archived>()
    const gone: string[] = []
    const live = liveIn(manifest.live(), { from, until })
    for await (const [key, bytes] of readAll(store, [...live.keys()].sort(), signal)) {
      if (!bytes && !unread.has(key)) gone.push(key)
      const events = bytes ? await readObject(key, bytes).catch(() => []) : []
      for (const event of events) {
        const at = millisAt(event.created_at)
        if (at >= from && at < until) archived.set(event.gid, { key, digest: digestOf(event) })
      }
    }
    if (gone.length > 0 && (await manifest.joins(gone))) continue
    const unknown = [...live].flatMap(([key, { first, last }]) =>
      unread.has(key) ? [{ from: Date.parse(first), until: Date.parse(last) }] : [],
    )
    return { archived, unknown }
  }
}

/** The entries of objects with events of a part of a UTC day, by the keys of the objects. */
function liveIn(live: readonly ManifestEntry[], { from, until }: Span): ReadonlyMap<string, ManifestEntry> {
  const ofDay = live
    .filter(({ first, last }) => Date.parse(first) < until && Date.parse(last) >= from)
    .filter(({ key }) => {
      const named = readKey(key)
      // A view has no events to compare.
      return named?.form.isRecord && named.day === dayOf(from)
    })
  return new Map(ofDay.map((entry) => [entry.key, entry]))
}

function notCompared(key: string, { message: why }: Fault): ArchiveProblem {
  const what = key.startsWith(manifestFolder)
    ? 'it is unknown what it recorded, and no event was called missing from the archive'
    : 'the time of its events was not compared with Asana'
  const message = `${key} cannot be read now, so ${what}. ${why}`
  return { code: 'not_read', key, message }
}

function notArchived(gid: string, at: string): ArchiveProblem {
  const message = `Asana shows the event ${gid} of ${at}, and the archive does not hold it. Deliver that time again, with asana-audit backfill or verify --repair.`
  return { code: 'not_archived', key: `event/day=${dayOf(millisAt(at))}/`, gid, message }
}

function rewritten(gid: string, key: string): ArchiveProblem {
  const message = `The event ${gid} in ${key} is not as Asana shows it now: Asana has rewritten it since, or the field policy was changed, or the object was. The archive keeps what came first.`
  return { code: 'rewritten', key, gid, message }
}

function notShown(gid: string, key: string): ArchiveProblem {
  const message = `Asana does not show the event ${gid} any more, which is in ${key}. Look whether its filters are those of the pipeline; else ask Asana.`
  return { code: 'not_shown', key, gid, message }
}

function notInOrder(gid: string, at: string): Fault {
  const message = `The log gives the event ${gid} of ${at} more than a day after newer ones, so it cannot be compared in the order of time. Try it again; if this stays, report it.`
  return fault({ fault: 'fatal', code: 'not_in_order', message })
}

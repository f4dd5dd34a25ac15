import type { Identified } from '@asana-audit/core'
import { millisAt } from '@asana-audit/schema/lossless'
import { dayOf, readKey } from '../layout/object-key.ts'
import type { ManifestEntry } from '../manifest/manifest-entry.ts'
import { replacedBy } from '../manifest/replaced-by.ts'
import { digestOf } from '../objects/object-facts.ts'
import { readObject } from '../objects/read-object.ts'
import type { ObjectStore } from '../store/object-store.ts'
import type { ArchiveProblem } from './archive-problem.ts'
import { readAll } from './read-all.ts'
import { verifyManifest } from './verify-manifest.ts'

export interface CompareArchiveOptions {
  /** The archive: `folderStore({ path })` or `s3Store({ … })`. It is only read. */
  readonly store: ObjectStore
  /** The times that are compared, `{ from, until }` in milliseconds since 1970. */
  readonly spans: readonly { readonly from: number; readonly until: number }[]
  /** Called with `(from, until)`, parts of `spans`: gives the events of that time as the log shows them now, after the field policy of the archive. */
  readonly shown: (from: number, until: number) => AsyncIterable<readonly Identified[]>
  /** Ends the comparison. */
  readonly signal?: AbortSignal | undefined
}

interface Archived {
  readonly key: string
  readonly digest: string
}

const dayMs = 86_400_000

/**
 * Compares an archive with what the log shows now, event by event: `not_archived`, `rewritten` and `not_shown`. Holds the gids of one day
 * at a time. Rejects with the faults of the store, and with those of `shown`. Objects that cannot be read are left out: `verifyArchive`
 * names them.
 */
export async function compareArchive(options: CompareArchiveOptions): Promise<ArchiveProblem[]> {
  const { store, spans, shown, signal } = options
  const { chains } = await verifyManifest(store, undefined, signal)
  const entries = chains.flatMap((chain) => chain.entries)
  const replaced = replacedBy(entries)
  const live = entries.filter(({ key }) => !replaced.has(key))
  const problems: ArchiveProblem[] = []
  for (const { from, until } of spans.flatMap(inDays)) {
    signal?.throwIfAborted()
    const archived = await archivedIn(store, live, from, until, signal)
    const seen = new Set<string>()
    for await (const events of shown(from, until)) {
      for (const event of events) {
        const { gid, created_at } = event
        const at = millisAt(created_at)
        if (at < from || at >= until || seen.has(gid)) continue
        seen.add(gid)
        const one = archived.get(gid)
        if (!one) problems.push(notArchived(gid, created_at))
        else if (one.digest !== digestOf(event)) problems.push(rewritten(gid, one.key))
      }
    }
    for (const [gid, { key }] of archived) if (!seen.has(gid)) problems.push(notShown(gid, key))
  }
  return problems
}

/** Parts of one UTC day each. */
function inDays({ from, until }: CompareArchiveOptions['spans'][number]): { from: number; until: number }[] {
  const parts: { from: number; until: number }[] = []
  for (let at = from; at < until; ) {
    const end = Math.min(until, (Math.floor(at / dayMs) + 1) * dayMs)
    parts.push({ from: at, until: end })
    at = end
  }
  return parts
}

async function archivedIn(
  store: ObjectStore,
  live: readonly ManifestEntry[],
  from: number,
  until: number,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Archived>> {
  const keys = live
    .filter(({ first, last }) => Date.parse(first) < until && Date.parse(last) >= from)
    .map(({ key }) => key)
    .filter((key) => {
      const named = readKey(key)
      // A view has no events to compare.
      return named?.form.isRecord && named.day === dayOf(from)
    })
    .sort()
  const archived = new Map<string, Archived>()
  for await (const [key, bytes] of readAll(store, keys, signal)) {
    const events = bytes ? await readObject(key, bytes).catch(() => []) : []
    for (const event of events) {
      const at = millisAt(event.created_at)
      if (at >= from && at < until) archived.set(event.gid, { key, digest: digestOf(event) })
    }
  }
  return archived
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

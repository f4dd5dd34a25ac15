import { type FoundEvent, findEvent, type ObjectStore, type UnreadObject } from '@asana-audit/archive'
import type { DurableState, StoredQuarantineEntry } from '@asana-audit/core'
import { retentionMs } from '@asana-audit/core/backlog'
import { filterMatcher } from '@asana-audit/core/config'
import { hourMs, hourOf } from '@asana-audit/core/ledger'
import { type AuditLogEvent, applyFieldPolicy } from '@asana-audit/schema'
import { canonicalJson, rawEventTime } from '@asana-audit/schema/lossless'
import type { PipelineSettings } from '../../config/pipeline/pipeline-settings.ts'
import type { Settings } from '../../config/read-settings.ts'
import { tokenBudgets } from '../run/token-budgets.ts'
import { type Verified, verifyPipeline } from '../verify/verify-pipeline.ts'
import type { WatchedReading } from '../verify/watched-reading.ts'
import { type FieldChange, fieldChanges } from './field-changes.ts'
import { findInAsana, type Searched } from './find-in-asana.ts'

/** An archive that has the event. */
export interface InArchive extends FoundEvent {
  readonly place: string
  /** Whether it holds what Asana shows now, after the field policy of one of the pipelines. Undefined if Asana does not show the event. */
  readonly isAsShown: boolean | undefined
}

export interface NotInArchive {
  readonly place: string
  /** The UTC day that was searched, such as `2026-03-10`. Undefined: all days. */
  readonly day: string | undefined
  /** Keys of objects of that time that are gone or cannot be read: one of them may hold it. */
  readonly unread: readonly string[]
}

export interface OfPipeline {
  readonly pipeline: string
  readonly destination: string
  /** Whether its filters take the event, and what its field policy does to it. Undefined if Asana does not show the event. */
  readonly isAskedFor: boolean | undefined
  readonly fieldChanges: readonly FieldChange[] | undefined
  readonly quarantined: readonly StoredQuarantineEntry[]
  /** The hour of the event by the ledger. Undefined without a state, or if the time of the event is not known. */
  readonly hour: Verified | undefined
}

/** All that is known of an event. */
export interface Explained {
  readonly gid: string
  /** As Asana shows it now, or else as an archive or a quarantine has it. */
  readonly event: { readonly created_at: string; readonly event_type: string | undefined } | undefined
  /** The time in which Asana was searched. Undefined: it was not asked, nor a state, as there are no settings of a run. */
  readonly searched: Searched | undefined
  /** Why in that time: an archive or the quarantine says when it happened, the caller does, also of a time that Asana has deleted, or nobody knows. */
  readonly because: 'event' | 'about' | 'deleted' | 'window'
  readonly isShown: boolean
  readonly archives: readonly InArchive[]
  /** Archives that do not have it, as far as they can be read. */
  readonly notIn: readonly NotInArchive[]
  readonly pipelines: readonly OfPipeline[]
  readonly hasState: boolean
}

export interface ExplainOptions {
  readonly gid: string
  /** The settings of the run. Undefined: only the archives are asked. */
  readonly settings: Settings | undefined
  /** Undefined if there is none yet. */
  readonly state: DurableState | undefined
  readonly archives: readonly ObjectStore[]
  /** About when the event happened: only that time of Asana is read, and only the UTC day in which it begins of archives. Undefined: nobody knows. */
  readonly about: Searched | undefined
  /** Where Asana is searched if nobody knows when the event happened. */
  readonly window: Searched
  readonly watched: WatchedReading
}

/** Without a pipeline nothing is asked of Asana. */
const archivesAlone: Pick<Settings, 'pipelines' | 'requestsPerMinute'> = {
  pipelines: [],
  requestsPerMinute: 1,
}

/** Asks archives, quarantine, Asana and ledger, in this order: each may say when the event happened. */
export async function explainEvent(options: ExplainOptions): Promise<Explained> {
  const { gid, settings, state, archives, about, window, watched } = options
  const { pipelines, requestsPerMinute } = settings ?? archivesAlone
  const day = about && new Date(about.from).toISOString().slice(0, 10)
  const found: { readonly place: string; readonly one: FoundEvent }[] = []
  const without: { readonly place: string; readonly unread: readonly UnreadObject[] }[] = []
  for (const store of archives) {
    const unread: UnreadObject[] = []
    const held = await findEvent({ store, gid, day, onUnread: (one) => unread.push(one) })
    if (held.length === 0) without.push({ place: store.place, unread })
    found.push(...held.map((one) => ({ place: store.place, one })))
  }
  const quarantined = new Map<string, StoredQuarantineEntry[]>()
  for (const { name } of pipelines) {
    const entries: StoredQuarantineEntry[] = []
    for await (const entry of state?.quarantine(name) ?? []) if (entry.id === gid) entries.push(entry)
    quarantined.set(name, entries)
  }
  const kept = found[0]?.one.event ?? [...quarantined.values()].flat()[0]?.event
  const keptHour = hourAt(rawEventTime(kept))
  const searched = keptHour ?? about ?? window
  const budget = tokenBudgets({ requestsPerMinute })
  const shown = new Map<string, AuditLogEvent | undefined>()
  for (const pipeline of pipelines) {
    if (!shown.has(pipeline.workspace))
      shown.set(
        pipeline.workspace,
        await findInAsana(pipeline, gid, searched, { budget: budget(pipeline), watched }),
      )
  }
  const event = [...shown.values()].find((one) => one !== undefined) ?? kept
  const hour = hourAt(rawEventTime(event))
  const ofPipeline = async (pipeline: PipelineSettings): Promise<OfPipeline> => {
    const { name, fieldPolicy, filters, workspace, destination } = pipeline
    const raw = shown.get(workspace)
    return {
      ...{ pipeline: name, destination: destination.kind, quarantined: quarantined.get(name)! },
      isAskedFor: raw && filterMatcher(filters)(raw),
      fieldChanges: raw && fieldChanges(raw, applyFieldPolicy(raw, fieldPolicy)),
      hour:
        state && hour
          ? await verifyPipeline(pipeline, {
              ...{ state, budget: budget(pipeline), watched },
              window: { since: hour.from, until: hour.until },
            })
          : undefined,
    }
  }
  return {
    ...{ gid, event: summary(event), hasState: state !== undefined },
    ...{ searched: settings && searched, because: keptHour ? 'event' : about ? toldBy(about) : 'window' },
    notIn: without.map(({ place, unread }) => {
      return { place, day, unread: keysAt(unread, momentOf(event) ?? about) }
    }),
    isShown: [...shown.values()].some((one) => one !== undefined),
    archives: found.map(({ place, one }) => ({ ...one, place, isAsShown: isAsShown(one, shown, pipelines) })),
    pipelines: await Promise.all(pipelines.map(ofPipeline)),
  }
}

/** Asana keeps nothing of a time that ended so long ago. */
function toldBy({ until }: Searched): 'about' | 'deleted' {
  return until <= Date.now() - retentionMs ? 'deleted' : 'about'
}

/** The whole hour of a time in milliseconds since 1970. */
function hourAt(at: number | undefined): Searched | undefined {
  return at === undefined ? undefined : { from: hourOf(at), until: hourOf(at) + hourMs }
}

function momentOf(event: unknown): Searched | undefined {
  const at = rawEventTime(event)
  return at === undefined ? undefined : { from: at, until: at + 1 }
}

/** `time`: when the event happened, as far as that is known. */
function keysAt(unread: readonly UnreadObject[], time: Searched | undefined): string[] {
  const mayHold = ({ from, until }: UnreadObject): boolean =>
    time === undefined ||
    from === undefined ||
    until === undefined ||
    (Date.parse(from) < time.until && time.from <= Date.parse(until))
  return unread.filter(mayHold).map(({ key }) => key)
}

function summary(event: unknown): Explained['event'] {
  const { created_at, event_type } = Object(event) as { created_at?: unknown; event_type?: unknown }
  if (typeof created_at !== 'string') return undefined
  return { created_at, event_type: typeof event_type === 'string' ? event_type : undefined }
}

function isAsShown(
  { event }: FoundEvent,
  shown: ReadonlyMap<string, AuditLogEvent | undefined>,
  pipelines: readonly PipelineSettings[],
): boolean | undefined {
  const texts = pipelines.flatMap(({ workspace, fieldPolicy }) => {
    const raw = shown.get(workspace)
    return raw ? [canonicalJson(applyFieldPolicy(raw, fieldPolicy))] : []
  })
  return texts.length === 0 ? undefined : texts.includes(canonicalJson(event))
}

import { type ClosableSink, type Fault, fault, type Identified, isFault } from '@asana-audit/core'
import { inTurn, systemClock } from '@asana-audit/core/sink-kit'
import { type ArchiveSinkOptions, checkSinkOptions, longestAgeMs } from './archive-sink-options.ts'
import type { OnArchiveWarning } from './archive-warning.ts'
import { type ArchivedDays, archivedDays, type FoundObject } from './archived-days.ts'
import { formsOf } from './formats/forms-of.ts'
import type { ObjectForm } from './formats/object-form.ts'
import { type DayPart, dayParts } from './layout/day-parts.ts'
import { isJoinedKey } from './layout/object-key.ts'
import { compactionLane, type ManifestChain, openManifestChain } from './manifest/manifest-chain.ts'
import { signingKey } from './manifest/signature.ts'
import { encodeObject } from './objects/encode-object.ts'
import { digestOf, type ObjectFacts, objectFacts } from './objects/object-facts.ts'

/** What is known of the archive while nothing fails. */
interface Opened {
  readonly chain: ManifestChain
  readonly days: ArchivedDays
}

/**
 * Writes events into an archive: objects of one UTC day each, created and never overwritten, each with an entry in the manifest. An
 * event that the archive has already is accepted and not written again, whatever the borders of a write are. A write resolves once
 * every event is in an object that is recorded. Throws a TypeError for invalid options, and a fatal `unknown_option`.
 */
export function archiveSink(options: ArchiveSinkOptions): ClosableSink<Identified> {
  checkSinkOptions(options)
  const { store, lane, formats = ['jsonl'], compression = 'gzip', onWarning } = options
  const { clock = systemClock } = options
  const { maxRows = 20_000, maxBytes = 16 * 2 ** 20, maxAgeMs = longestAgeMs } = options
  const forms = formsOf(formats, { compression, ocsf: options.ocsf, view: options.view })
  // A record stores any event. A view needs the fields that every event of Asana has.
  const isWhole = forms.every(({ isRecord }) => isRecord)
    ? () => true
    : ({ event_type, actor }: Identified & { event_type?: unknown; actor?: unknown }): boolean =>
        typeof event_type === 'string' && typeof actor === 'object' && actor !== null
  const key = options.signingKey === undefined ? undefined : signingKey(options.signingKey)
  const oneAtATime = inTurn()
  let opened: Opened | undefined
  let isClaimed = false
  let lastHead = options.head

  async function open(signal: AbortSignal): Promise<Opened> {
    if (!isClaimed) await store.claim()
    isClaimed = true
    const chain = await openManifestChain({ store, lane, signingKey: key, clock, lastHead }, signal)
    const isRecordedJoin: Parameters<typeof archivedDays>[1] = async (joined, notBefore, during) => {
      const joins = await openManifestChain({ store, lane: compactionLane, signingKey: key, clock }, during)
      return joins.holds(joined, notBefore, during)
    }
    return { chain, days: archivedDays(store, isRecordedJoin) }
  }

  async function record(facts: ObjectFacts, chain: ManifestChain, signal: AbortSignal): Promise<void> {
    lastHead = await chain.append(facts, signal)
    await options.onHead?.({ lane, ...lastHead })
  }

  /** Creates an object for the events that the archive does not have in this form. `told`: gids of which a warning was given. */
  async function archive(
    form: ObjectForm,
    { day, events }: DayPart,
    told: Set<string>,
    signal: AbortSignal,
  ): Promise<void> {
    const rows = await form.rowsOf(events)
    if (rows.length === 0) return
    let foreign: string | undefined
    for (;;) {
      opened ??= await open(signal)
      const { chain, days } = opened
      const { left, found } = await days.search(form, day, rows, signal)
      for (const one of found) await adopt(form, one, chain, told, signal)
      const [first, ...more] = left
      if (!first) return
      const { bytes, facts } = await encodeObject(form, [first, ...more])
      if (facts.key === foreign)
        throw (await store.read(foreign, signal)) ? notOurs(foreign) : inTheWay(foreign, store.place)
      if ((await store.create(facts.key, bytes, signal)) === 'created') {
        await record(facts, chain, signal)
        days.add(form, day, facts.key, left)
        return
      }
      // An earlier attempt has created it after all, or its object came into sight only now: what it holds is not written again.
      foreign = facts.key
      opened = undefined
    }
  }

  /** An object that was created, but not recorded before the process died, gets its entry now. */
  async function adopt(
    { format, isRecord }: ObjectForm,
    one: FoundObject,
    chain: ManifestChain,
    told: Set<string>,
    signal: AbortSignal,
  ): Promise<void> {
    const { key, bytes, notBefore, events, both } = one
    const different = both.flatMap(([written, archived]) =>
      digestOf(written) === digestOf(archived) ? [] : [written.gid],
    )
    const isRecorded = isJoinedKey(key) || (await chain.holds(key, notBefore, signal))
    if (!isRecorded && different.length > 0) throw notOurs(key)
    if (!isRecorded) await record(objectFacts(key, format, events, bytes), chain, signal)
    const [first, ...more] = different.filter((gid) => !told.has(gid))
    // A view also changes when our tables change, so a difference there says nothing about the event.
    if (first === undefined || !isRecord) return
    for (const gid of different) told.add(gid)
    onWarning?.(differs(key, first, more.length))
  }

  async function write(events: readonly Identified[], signal: AbortSignal): Promise<void> {
    let safe = 0
    const told = new Set<string>()
    try {
      for (const part of dayParts(events, isWhole)) {
        for (const form of forms) {
          signal.throwIfAborted()
          await archive(form, part, told, signal)
        }
        safe += part.events.length
      }
    } catch (error) {
      // Whether the last object was created is unknown, so the store is asked again.
      opened = undefined
      signal.throwIfAborted()
      throw isFault(error) ? Object.assign(error, { accepted: safe }) : error
    }
    if (safe < events.length) throw notAnEvent(safe)
  }

  const close = (): Promise<void> => oneAtATime(() => store.close())
  return {
    prefers: { records: maxRows, bytes: maxBytes, maxWaitMs: maxAgeMs, inFlight: 1 },
    write: (events, signal) => oneAtATime(() => write(events, signal)),
    ...(store.changed && { changed: store.changed.bind(store) }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function notOurs(key: string): Fault {
  const message = `The object ${key} has no entry of this pipeline in the manifest, and holds other events than this pipeline writes there. Nothing is overwritten. See who put it there, and move it away.`
  return fault({ fault: 'fatal', code: 'not_ours', message })
}

function inTheWay(key: string, place: string): Fault {
  const message = `The place of ${key} in ${place} is taken by something that cannot be read, so its events are not written. In a bucket it may be an object under a delete marker: remove the marker. In a folder, archive verify names what is not a file.`
  return fault({ fault: 'fatal', code: 'not_ours', message })
}

function notAnEvent(at: number): Fault {
  const message =
    'It has no gid or no created_at, or for a view no event_type or actor, so it has no place in an archive.'
  return fault({ fault: 'rejected', code: 'not_an_event', message, at, accepted: at })
}

function differs(key: string, gid: string, more: number): Parameters<OnArchiveWarning>[0] {
  const which = more === 0 ? `The event ${gid} comes` : `The event ${gid} and ${more} more of its object come`
  const message = `${which} again with another content than ${key} has. Either Asana changed it, or the field policy was changed. The archive keeps what came first.`
  return { code: 'content_differs', message }
}

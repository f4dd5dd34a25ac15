import { type Clock, type ClosableSink, type Fault, fault, type Identified, isFault } from '@asana-audit/core'
import { inTurn, type OptionNames, refuseUnknownOptions, systemClock } from '@asana-audit/core/sink-kit'
import type { OnArchiveWarning } from './archive-warning.ts'
import { type ArchivedDays, archivedDays, type FoundObject } from './archived-days.ts'
import { type Compression, compressions } from './compression.ts'
import { type DayPart, dayParts } from './layout/day-parts.ts'
import { isJoinedKey } from './layout/object-key.ts'
import {
  type ChainHead,
  compactionLane,
  type ManifestChain,
  openManifestChain,
} from './manifest/manifest-chain.ts'
import { signingKey } from './manifest/signature.ts'
import { encodeObject } from './objects/encode-object.ts'
import { digestOf, type ObjectFacts, objectFacts } from './objects/object-facts.ts'
import type { ObjectStore } from './store/object-store.ts'

export interface ArchiveSinkOptions {
  /** Where objects are kept: `folderStore({ path })` or `s3Store({ … })`. The sink closes it. */
  readonly store: ObjectStore
  /** The name of the chain in the manifest. Each pipeline that writes to the same place needs its own. */
  readonly lane: string
  /**
   * `gzip` or `zstd`.
   * @default 'gzip'
   */
  readonly compression?: Compression | undefined
  /**
   * An object is closed with this many events.
   * @default 20_000
   */
  readonly maxRows?: number | undefined
  /**
   * An object is closed when the answers of Asana that it is made of reach this size, in bytes before compression.
   * @default 16_777_216
   */
  readonly maxBytes?: number | undefined
  /**
   * An event waits at most so long for others before its object is closed, in milliseconds: at most 900,000.
   * @default 900_000
   */
  readonly maxAgeMs?: number | undefined
  /**
   * The text of an Ed25519 private key in PEM, without a passphrase. Each entry of the manifest is signed with it.
   * @default none: the entries form a chain, and are not signed
   */
  readonly signingKey?: string | undefined
  /**
   * The head of the chain, `{ sequence, sha256 }`, as `onHead` was last called with it. If it is not in the chain any more, nothing is
   * written.
   * @default none
   */
  readonly head?: Pick<ChainHead, 'sequence' | 'sha256'> | undefined
  /**
   * Called with the new head, `{ lane, sequence, sha256 }`, after each entry, and awaited. Keep it where nobody who can change the archive
   * can change it. It must not reject.
   */
  readonly onHead?: ((head: ChainHead) => void | Promise<void>) | undefined
  /** Called with `{ code, message }` for what a person should know, although nothing is lost. */
  readonly onWarning?: OnArchiveWarning | undefined
  /**
   * `now`, `sleep` and `random`, for tests.
   * @default the system's
   */
  readonly clock?: Clock | undefined
}

const names: OptionNames<ArchiveSinkOptions> = {
  ...{ store: true, lane: true, compression: true, maxRows: true, maxBytes: true, maxAgeMs: true },
  ...{ signingKey: true, head: true, onHead: true, onWarning: true, clock: true },
}

/** Late events are looked for this often, and what was written before must be saved by then. */
const longestAgeMs = 900_000

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
  refuseUnknownOptions('archiveSink', names, options)
  const { store, lane, compression = 'gzip', onWarning, clock = systemClock } = options
  const { maxRows = 20_000, maxBytes = 16 * 2 ** 20, maxAgeMs = longestAgeMs } = options
  check(options)
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

  /** Creates an object for the events that the archive does not have. */
  async function archive({ day, events }: DayPart, signal: AbortSignal): Promise<void> {
    let foreign: string | undefined
    for (;;) {
      opened ??= await open(signal)
      const { chain, days } = opened
      const { left, found } = await days.search(day, events, signal)
      for (const one of found) await adopt(one, chain, signal)
      const [first, ...more] = left
      if (!first) return
      const { bytes, facts } = await encodeObject([first, ...more], compression)
      if (facts.key === foreign) throw notOurs(facts.key)
      if ((await store.create(facts.key, bytes, signal)) === 'created') {
        await record(facts, chain, signal)
        days.add(day, facts.key, left)
        return
      }
      // An earlier attempt has created it after all, or its object came into sight only now: what it holds is not written again.
      foreign = facts.key
      opened = undefined
    }
  }

  /** An object that was created, but not recorded before the process died, gets its entry now. */
  async function adopt(one: FoundObject, chain: ManifestChain, signal: AbortSignal): Promise<void> {
    const { key, bytes, notBefore, events, both } = one
    const [different, ...more] = both.filter(
      ([written, archived]) => digestOf(written) !== digestOf(archived),
    )
    const isRecorded = isJoinedKey(key) || (await chain.holds(key, notBefore, signal))
    if (!isRecorded && different) throw notOurs(key)
    if (!isRecorded) await record(objectFacts(key, events, bytes), chain, signal)
    else if (different) onWarning?.(differs(key, different[0].gid, more.length))
  }

  async function write(events: readonly Identified[], signal: AbortSignal): Promise<void> {
    let safe = 0
    try {
      for (const part of dayParts(events)) {
        signal.throwIfAborted()
        await archive(part, signal)
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

/** Plain JavaScript may give anything. */
function check(options: ArchiveSinkOptions): void {
  const { store, lane, compression = 'gzip', maxRows = 1, maxBytes = 1, maxAgeMs = 1_000 } = options
  const wrong = (option: string, good: string): never => {
    throw new TypeError(`The option ${option} of archiveSink must be ${good}.`)
  }
  const isWhole = (value: number, least: number, most: number): boolean =>
    Number.isSafeInteger(value) && value >= least && value <= most
  if (typeof store?.create !== 'function')
    wrong('store', 'a store, as folderStore({ path }) or s3Store({ … }) gives it')
  if (typeof lane !== 'string' || lane === '') wrong('lane', 'a name, such as that of the pipeline')
  if (!compressions.includes(compression)) wrong('compression', compressions.join(' or '))
  if (!isWhole(maxRows, 1, 1_000_000)) wrong('maxRows', 'a whole number from 1 to 1,000,000')
  if (!isWhole(maxBytes, 1, 64 * 2 ** 20)) wrong('maxBytes', 'a whole number from 1 to 67,108,864')
  if (!isWhole(maxAgeMs, 1_000, longestAgeMs)) wrong('maxAgeMs', 'milliseconds from 1,000 to 900,000')
}

function notOurs(key: string): Fault {
  const message = `The object ${key} has no entry of this pipeline in the manifest, and holds other events than this pipeline writes there. Nothing is overwritten. See who put it there, and move it away.`
  return fault({ fault: 'fatal', code: 'not_ours', message })
}

function notAnEvent(at: number): Fault {
  const message = 'It has no gid or no created_at, so it has no place in an archive.'
  return fault({ fault: 'rejected', code: 'not_an_event', message, at, accepted: at })
}

function differs(key: string, gid: string, more: number): Parameters<OnArchiveWarning>[0] {
  const which = more === 0 ? `The event ${gid} comes` : `The event ${gid} and ${more} more of its object come`
  const message = `${which} again with another content than ${key} has. Either Asana changed it, or the field policy was changed. The archive keeps what came first.`
  return { code: 'content_differs', message }
}

import { parseMillis } from '@asana-audit/schema'
import { type Clock, systemClock } from './clock.ts'
import type { Batch, Identity, Lane, OnFact, QuarantineEntry, Refused, Sink, Source } from './contract.ts'
import { type Patience, retry } from './retry.ts'
import { type Standing, settle, type Unaccepted } from './settle.ts'

/** What `deliver` needs of an event: an id to drop repeats by, and when it happened (RFC 3339). */
export interface Identified {
  readonly gid: string
  readonly created_at: string
}

export interface DeliverOptions<E extends Identified, R> {
  readonly source: Source<E>
  /** From the event to what the sink takes. An event it throws on goes to quarantine, the rest goes on. */
  readonly map: (event: E) => R
  readonly sink: Sink<R>
  readonly lane: Lane
  /** A requested stop: waits end at once, an attempt in flight gets `graceMs`, and what was accepted is committed. */
  readonly signal?: AbortSignal | undefined
  /** Default 10,000. */
  readonly graceMs?: number | undefined
  /** What a fatal fault does: `pause` tries again every `pauseMs` for ever, `reject` rejects. Default `pause`. */
  readonly onFatal?: 'pause' | 'reject' | undefined
  /** Default 5 minutes. */
  readonly pauseMs?: number | undefined
  /** After so long without a success a temporary fault of the sink rejects. Default: never. */
  readonly giveUpAfterMs?: { readonly untilFirstWrite: number; readonly afterwards: number } | undefined
  readonly onEvent?: OnFact | undefined
  readonly clock?: Clock | undefined
}

export interface Delivered {
  /** Events the destination accepted, counted once each. */
  readonly delivered: number
  readonly quarantined: number
  /** Events dropped in a re-read because the destination already had them. */
  readonly repeats: number
}

interface Item<E, R> {
  readonly event: E
  readonly record: R
}

/**
 * Moves everything from a source to a sink, saving the cursor only after the sink has accepted the batch: the one rule of
 * this project. Resolves at the end of the source or on a requested stop. The process may be killed at any moment; the
 * next run repeats at most what was accepted but not yet committed.
 */
export async function deliver<E extends Identified, R>(options: DeliverOptions<E, R>): Promise<Delivered> {
  const { source, map, sink, lane, signal, onEvent } = options
  const { graceMs = 10_000, onFatal = 'pause', pauseMs = 300_000, clock = systemClock } = options
  const patience = { clock, signal, onFatal, pauseMs, onEvent } satisfies Omit<Patience, 'part'>
  const standing: Standing = { acceptedOnce: false, refusedInRow: 0 }
  const totals = { delivered: 0, quarantined: 0, repeats: 0 }
  let newestAt: string | undefined

  const over = new AbortController()
  const cut = cutAfter(signal, graceMs, clock, over.signal)

  async function write(batch: Batch<E>): Promise<void> {
    const { events, refused, repeats } = batch.reread
      ? await withoutKnown(batch, lane)
      : { ...batch, repeats: 0 }
    if (repeats > 0) onEvent?.({ type: 'repeats_dropped', events: repeats })
    const { items, quarantine } = mapped(events, map)
    const started = clock.now()
    const { untilFirstWrite, afterwards } = options.giveUpAfterMs ?? {}
    const { accepted, unaccepted } = await settle<Item<E, R>, R>({
      items,
      record: (item) => item.record,
      sink,
      standing,
      cut,
      patience: {
        ...patience,
        part: 'sink',
        giveUpAfterMs: (standing.acceptedOnce ? afterwards : untilFirstWrite) ?? Number.POSITIVE_INFINITY,
      },
      onAccepted: (records) => onEvent?.({ type: 'write_accepted', records, ms: clock.now() - started }),
    })
    const quarantined = [...refused.map(refusedEntry), ...quarantine, ...unaccepted.map(unacceptedEntry)]
    const delivered = accepted.map((item) => identity(item.event))
    const commit = { cursor: batch.cursor, delivered, quarantined }
    // A stop must not keep what was accepted from being committed, so this goes on without the stop's signal.
    await retry(() => lane.commit(commit), { ...patience, part: 'state', signal: cut })
    for (const { kind, id, code, reason } of quarantined) {
      onEvent?.({ type: 'quarantined', kind, id, code, reason })
    }
    totals.delivered += delivered.length
    totals.quarantined += quarantined.length
    totals.repeats += repeats
    newestAt = accepted.at(-1)?.event.created_at ?? newestAt
    const ageMs = newestAt === undefined ? undefined : clock.now() - (parseMillis(newestAt) ?? 0)
    onEvent?.({ type: 'committed', events: delivered.length, newestAt, ageMs })
  }

  try {
    const start = await retry(() => lane.load(), { ...patience, part: 'state' })
    for await (const batch of reopening(source, start, { ...patience, part: 'source' })) await write(batch)
  } catch (error) {
    if (!signal?.aborted) throw error
  } finally {
    over.abort()
  }
  return totals
}

/** A source that failed is opened again at the last batch it gave. */
async function* reopening<E>(
  source: Source<E>,
  start: string | undefined,
  patience: Patience,
): AsyncGenerator<Batch<E>> {
  let cursor = start
  let batches: AsyncIterator<Batch<E>> | undefined
  try {
    for (;;) {
      const result = await retry(async () => {
        batches ??= source.read(cursor, patience.signal)[Symbol.asyncIterator]()
        try {
          return await batches.next()
        } catch (error) {
          batches = undefined
          throw error
        }
      }, patience)
      if (result.done) return
      cursor = result.value.cursor
      yield result.value
    }
  } finally {
    await batches?.return?.()
  }
}

/** Aborted `graceMs` after a stop was asked for; never once the delivery is over. */
function cutAfter(
  stop: AbortSignal | undefined,
  graceMs: number,
  clock: Clock,
  over: AbortSignal,
): AbortSignal {
  const cut = new AbortController()
  const countDown = (): void => {
    clock.sleep(graceMs, over).then(
      () => cut.abort(stop?.reason),
      () => {}, // Over before the grace was.
    )
  }
  if (stop?.aborted) countDown()
  else stop?.addEventListener('abort', countDown, { once: true, signal: over })
  return cut.signal
}

async function withoutKnown<E extends Identified>(
  { events, refused }: Batch<E>,
  lane: Lane,
): Promise<{ events: readonly E[]; refused: readonly Refused[]; repeats: number }> {
  const ids = [...events.map((event) => event.gid), ...refused.map(({ raw }) => gidOf(raw))]
  const known = await lane.known(ids.filter((id) => id !== undefined))
  const isNew = (id: string | undefined): boolean => id === undefined || !known.has(id)
  const fresh = events.filter((event) => isNew(event.gid))
  const freshRefused = refused.filter(({ raw }) => isNew(gidOf(raw)))
  const repeats = events.length - fresh.length + refused.length - freshRefused.length
  return { events: fresh, refused: freshRefused, repeats }
}

function mapped<E extends Identified, R>(
  events: readonly E[],
  map: (event: E) => R,
): { items: Item<E, R>[]; quarantine: QuarantineEntry[] } {
  const items: Item<E, R>[] = []
  const quarantine: QuarantineEntry[] = []
  for (const event of events) {
    try {
      items.push({ event, record: map(event) })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      quarantine.push({ kind: 'refused', id: event.gid, code: 'unmappable', reason, event })
    }
  }
  return { items, quarantine }
}

function identity(event: Identified): Identity {
  return { id: event.gid, at: parseMillis(event.created_at) ?? 0 }
}

function gidOf(raw: unknown): string | undefined {
  const gid = (raw as { gid?: unknown } | null)?.gid
  return typeof gid === 'string' && gid !== '' ? gid : undefined
}

function refusedEntry({ raw, reason }: Refused): QuarantineEntry {
  return { kind: 'refused', id: gidOf(raw), code: 'not_an_event', reason, event: raw }
}

function unacceptedEntry<E extends Identified, R>({
  item,
  kind,
  code,
  reason,
}: Unaccepted<Item<E, R>>): QuarantineEntry {
  return { kind, id: item.event.gid, code, reason, event: item.event }
}

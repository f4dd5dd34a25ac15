import { expect, test } from 'vitest'
import { type Batch, fault, isFault, type Rejected } from '../../packages/core/src/index.ts'
import type { AuditLogEvent, AuditLogRecord } from '../../packages/schema/src/index.ts'
import { historyStart } from '../support/histories/clock.ts'
import type { Parts } from '../support/histories/form.ts'
import { type Bug, history } from '../support/histories/history.ts'
import { historyPlan } from '../support/histories/plan.ts'
import { headwayBugs } from '../support/histories/planted-headway-bugs.ts'
import { laneBugs } from '../support/histories/planted-lane-bugs.ts'
import { sharingBugs } from '../support/histories/planted-sharing-bugs.ts'

type Plant = (parts: Parts) => Parts
type Event = AuditLogEvent

/** The source with every batch changed; undefined drops a batch. */
function batches(
  { source }: Parts,
  change: (
    batch: Batch<Event>,
    index: number,
  ) => Batch<Event> | undefined | Promise<Batch<Event> | undefined>,
): Parts['source'] {
  return {
    ...source,
    async *read(cursor, signal) {
      let index = 0
      for await (const batch of source.read(cursor, signal)) {
        const changed = await change(batch, index)
        index += 1
        if (changed) yield changed
      }
    },
  }
}

/** The sink with a handler for failed writes: a write that `meet` does not reject counts as accepted. */
function failures(
  { sink }: Parts,
  meet: (error: unknown, records: readonly AuditLogRecord[], signal: AbortSignal) => void | Promise<void>,
): Parts['sink'] {
  return {
    ...sink,
    async write(records, signal) {
      try {
        await sink.write(records, signal)
      } catch (error) {
        await meet(error, records, signal)
      }
    },
  }
}

/** Coalesces batches as long as each comes within a second after the one before it. */
async function* untilFull(
  { clock }: Parts,
  source: AsyncIterable<Batch<Event>>,
): AsyncGenerator<Batch<Event>> {
  const batches = source[Symbol.asyncIterator]()
  const ahead = (): Promise<IteratorResult<Batch<Event>>> => {
    const next = batches.next()
    next.catch(() => {}) // The rejection is handled where it is awaited.
    return next
  }
  let next = ahead()
  for (;;) {
    const first = await next
    if (first.done) return
    next = ahead()
    let held = first.value
    for (let last = held; last.events.length > 0 && !held.reread; ) {
      const over = new AbortController()
      const pause = clock.sleep(1_000, over.signal).catch(() => {})
      const more = await Promise.race([next.catch(() => undefined), pause])
      over.abort()
      if (!more || more.done || more.value.reread) break
      next = ahead()
      last = more.value
      held = {
        ...last,
        events: [...held.events, ...last.events],
        malformed: [...held.malformed, ...last.malformed],
      }
    }
    yield held
  }
}

/** Bugs in one lane. */
const plants: Readonly<Record<string, Plant>> = {
  'the cursor is committed before the write': (parts) => ({
    ...parts,
    source: batches(parts, async (batch) => {
      await parts.lane.commit({ cursor: batch.cursor, delivered: [], quarantined: [] })
      return batch
    }),
  }),
  'an empty page is committed past the write before it': (parts) => ({
    ...parts,
    source: batches(parts, async (batch) => {
      if (batch.events.length + batch.malformed.length === 0)
        await parts.lane.commit({ cursor: batch.cursor, delivered: [], quarantined: [] })
      return batch
    }),
  }),
  'the cursor is one batch ahead of its events': (parts) => ({
    ...parts,
    source: {
      ...parts.source,
      async *read(cursor, signal) {
        let held: Batch<Event> | undefined
        for await (const batch of parts.source.read(cursor, signal)) {
          if (held) yield { ...held, cursor: batch.cursor }
          held = batch
        }
        if (held) yield held
      },
    },
  }),
  'some pages are skipped': (parts) => ({
    ...parts,
    source: batches(parts, (batch, index) => (index % 5 === 2 ? undefined : batch)),
  }),
  'the last event of a full page is left out': (parts) => ({
    ...parts,
    source: batches(parts, (batch) =>
      batch.events.length > 10 ? { ...batch, events: batch.events.slice(0, -1) } : batch,
    ),
  }),
  'reading ends at a page that is not full': (parts) => ({
    ...parts,
    source: {
      ...parts.source,
      async *read(cursor, signal) {
        for await (const batch of parts.source.read(cursor, signal)) {
          yield batch
          if (batch.events.length > 0 && batch.events.length < 3) return
        }
      },
    },
  }),
  'a malformed event is dropped, not quarantined': (parts) => ({
    ...parts,
    source: batches(parts, (batch) => ({ ...batch, malformed: [] })),
  }),
  'late events are read and not delivered': (parts) => ({
    ...parts,
    source: batches(parts, (batch) => (batch.reread === 'late' ? { ...batch, events: [] } : batch)),
  }),
  'a re-read is not marked as one': (parts) => ({
    ...parts,
    source: batches(parts, ({ reread: _, ...batch }) => batch),
  }),
  'ids are forgotten when an expired offset is healed': (parts) => ({
    ...parts,
    lane: { ...parts.lane, known: async () => new Set() },
  }),
  'every id counts as known in a re-read': (parts) => ({
    ...parts,
    lane: { ...parts.lane, known: async (ids) => new Set(ids) },
  }),
  'the quarantine is lost': (parts) => ({
    ...parts,
    lane: { ...parts.lane, commit: (commit) => parts.lane.commit({ ...commit, quarantined: [] }) },
  }),
  'an event that is too old is dropped, not quarantined': (parts) => ({
    ...parts,
    lane: {
      ...parts.lane,
      commit: ({ quarantined, ...commit }) =>
        parts.lane.commit({ ...commit, quarantined: quarantined.filter(({ code }) => code !== 'too_old') }),
    },
  }),
  'no newer event is tested before a pause': (parts) => ({
    ...parts,
    source: { read: (cursor, signal) => parts.source.read(cursor, signal) },
  }),
  'the last id of a commit is lost': (parts) => ({
    ...parts,
    lane: {
      ...parts.lane,
      commit: ({ delivered, ...commit }) =>
        parts.lane.commit({ ...commit, delivered: delivered.slice(0, -1) }),
    },
  }),
  'every third commit is skipped': (parts) => {
    let commits = 0
    const commit: Parts['lane']['commit'] = async (given) => {
      commits += 1
      if (commits % 3 > 0) await parts.lane.commit(given)
    }
    return { ...parts, lane: { ...parts.lane, commit } }
  },
  'a failed commit counts as done': (parts) => ({
    ...parts,
    lane: { ...parts.lane, commit: (commit) => parts.lane.commit(commit).catch(() => {}) },
  }),
  'a temporary fault of the sink counts as accepted': (parts) => ({
    ...parts,
    sink: failures(parts, (error) => {
      if (!isFault(error) || error.fault !== 'temporary') throw error
    }),
  }),
  'a write that is accepted in part counts as accepted': (parts) => ({
    ...parts,
    sink: failures(parts, (error) => {
      if (positionOf(error) !== 'some-taken') throw error
    }),
  }),
  'a write that is accepted in part is sent again': (parts) => ({
    ...parts,
    sink: failures(parts, (error) => {
      if (positionOf(error) !== 'some-taken') throw error
      throw fault({ fault: 'temporary', code: 'unavailable', message: 'Again.' })
    }),
  }),
  'the second half of a split is dropped': (parts) => ({
    ...parts,
    sink: failures(parts, async (error, records, signal) => {
      if (positionOf(error) !== 'none-taken' || records.length < 2) throw error
      await parts.sink.write(records.slice(0, records.length / 2), signal)
    }),
  }),
  'a rejected record makes its neighbours uncertain': (parts) => ({
    ...parts,
    sink: failures(parts, (error) => {
      throw isFault(error) && error.fault === 'rejected' ? Object.assign(error, { at: 'some-taken' }) : error
    }),
  }),
  'the accepted records of a write are sent again': (parts) => ({
    ...parts,
    sink: failures(parts, (error) => {
      throw isFault(error) ? Object.assign(error, { accepted: 0 }) : error
    }),
  }),
  'a missing acknowledgement counts as accepted': (parts) => ({
    ...parts,
    sink: failures(parts, (error) => {
      if (!isFault(error) || !['ack_timeout', 'channel_changed', 'no_ack_id'].includes(error.code))
        throw error
    }),
  }),
  'the event after a rejected one is quarantined in its place': (parts) => ({
    ...parts,
    sink: failures(parts, (error, records) => {
      const at = positionOf(error)
      // Only within the write, because a place outside of it breaks the contract of faults and is noticed at once.
      throw typeof at === 'number' && at + 1 < records.length
        ? Object.assign(error as Error, { at: at + 1 })
        : error
    }),
  }),
  'one record too many counts as accepted': (parts) => ({
    ...parts,
    sink: failures(parts, (error, records) => {
      throw isFault(error) && error.fault === 'temporary'
        ? Object.assign(error, { accepted: Math.min((error.accepted ?? 0) + 1, records.length) })
        : error
    }),
  }),
  'the wait for a full write starts again with each page': (parts) => ({
    ...parts,
    source: { read: (cursor, signal) => untilFull(parts, parts.source.read(cursor, signal)) },
  }),
  'a write is sent in reverse order': (parts) => ({
    ...parts,
    sink: { ...parts.sink, write: (records, signal) => parts.sink.write(records.toReversed(), signal) },
  }),
}

function positionOf(error: unknown): Rejected['at'] | undefined {
  return isFault(error) && error.fault === 'rejected' ? error.at : undefined
}

const mostSeeds = 200
const bugs: Readonly<Record<string, Bug>> = {
  ...Object.fromEntries(Object.entries(plants).map(([name, parts]) => [name, { parts }])),
  ...laneBugs,
  ...sharingBugs,
  ...headwayBugs,
}

test.for(Object.entries(bugs))('histories find the bug: %s', { timeout: 1_200_000 }, async ([, bug]) => {
  let caughtBy: number | undefined
  for (let seed = 1; seed <= mostSeeds && caughtBy === undefined; seed += 1) {
    if (bug.showsIn?.(historyPlan(seed, historyStart)) === false) continue
    const { violations } = await history(seed, bug)
    if (violations.length > 0) caughtBy = seed
  }
  expect(caughtBy, `not found in ${mostSeeds} histories`).toBeDefined()
})

import type {
  Claim,
  Commit,
  Cursor,
  Lane,
  LaneSummary,
  QuarantineCount,
  State,
  StoredQuarantineEntry,
} from '../contract.ts'
import type { HourSpan, LedgerHour, LedgerKind } from '../ledger-hour.ts'
import { openEnd, openStart, startedAt, withSpan } from './hour-spans.ts'
import { addTotals, emptyTotal, hourOf, ledgerDelta, totalOf } from './ledger.ts'
import { quarantinedIdentities } from './quarantined-identities.ts'
import { rejections } from './rejections.ts'
import { alreadyRunning, filtersChanged } from './state-faults.ts'

interface Row {
  /** Undefined after a rewind: then any filters may be used. */
  fingerprint: string | undefined
  cursor: Cursor | undefined
  committedAt: string
  delivered: number
  quarantined: number
  newest: number | undefined
  readBy: string | undefined
}

interface Pipeline {
  /** Of the claim that holds it. */
  claimed: symbol | undefined
  rejectedSince: number
  readonly rows: Map<string, Row>
  /** When an event happened, and the lane that met it first. */
  readonly known: Map<string, { readonly at: number; readonly lane: string }>
  /** By hour and kind. */
  ledger: LedgerHour[]
  asked: HourSpan[]
}

export interface MemoryStateOptions {
  /**
   * How long ids are remembered, in milliseconds of event time: longer than `overlapMs` and `settledWindowMs`.
   *
   * Otherwise a re-read of the source delivers events again.
   * @default 7_200_000
   */
  readonly rememberMs?: number | undefined
}

/** A state that ends with the process: for one-off reads, tests, and hosts that keep the cursor themselves. */
export function memoryState(options: MemoryStateOptions = {}): State {
  const { rememberMs = 7_200_000 } = options
  const pipelines = new Map<string, Pipeline>()
  let quarantined: StoredQuarantineEntry[] = []
  let lastNumber = 0

  function pipelineOf(name: string): Pipeline {
    const existing = pipelines.get(name)
    if (existing) return existing
    const created: Pipeline = {
      claimed: undefined,
      rejectedSince: 0,
      rows: new Map(),
      known: new Map(),
      ledger: [],
      asked: [],
    }
    pipelines.set(name, created)
    return created
  }

  function laneOf(name: string, lane: string, pipeline: Pipeline, row: Row): Lane {
    return {
      load: async () => row.cursor,
      acceptance: async () => ({
        delivered: [...pipeline.rows.values()].reduce((sum, { delivered }) => sum + delivered, 0),
        rejectedSince: pipeline.rejectedSince,
      }),
      known: async (ids) => new Set(ids.filter((id) => pipeline.known.has(id))),
      commit: async ({ cursor, readBy, delivered, quarantined: entries }: Commit) => {
        const now = Date.now()
        row.cursor = cursor
        row.readBy = readBy
        row.committedAt = new Date(now).toISOString()
        row.delivered += delivered.length
        row.quarantined += entries.length
        pipeline.rejectedSince = delivered.length > 0 ? 0 : pipeline.rejectedSince + rejections(entries)
        const delta = ledgerDelta()
        const counted = delivered.map((one) => ({ ...one, kind: 'delivered' as const, timed: true }))
        for (const { id, at, kind, timed } of [...counted, ...quarantinedIdentities(entries, now)]) {
          if (!pipeline.known.has(id)) {
            if (timed) delta.add(at, kind, id)
            pipeline.known.set(id, { at, lane })
          }
          if (timed && at <= now) row.newest = Math.max(row.newest ?? at, at)
        }
        pipeline.ledger = added(pipeline.ledger, delta.hours())
        prune(pipeline, lane, (row.newest ?? openStart) - rememberMs)
        for (const entry of entries) {
          lastNumber += 1
          quarantined.push({
            ...entry,
            number: lastNumber,
            pipeline: name,
            quarantinedAt: row.committedAt,
          })
        }
      },
    }
  }

  const close = async (): Promise<void> => {
    for (const pipeline of pipelines.values()) pipeline.claimed = undefined
  }
  return {
    async claim(name): Promise<Claim> {
      const pipeline = pipelineOf(name)
      if (pipeline.claimed) throw alreadyRunning(name)
      const ours = Symbol(name)
      pipeline.claimed = ours
      const release = async (): Promise<void> => {
        if (pipeline.claimed === ours) pipeline.claimed = undefined
      }
      return {
        async lane(lane, fingerprint) {
          const row = pipeline.rows.get(lane) ?? newRow()
          if (row.cursor !== undefined && ![undefined, fingerprint].includes(row.fingerprint)) {
            throw filtersChanged(name)
          }
          row.fingerprint = fingerprint
          pipeline.rows.set(lane, row)
          return laneOf(name, lane, pipeline, row)
        },
        async start(from) {
          pipeline.asked = startedAt(pipeline.asked, from)
          forget(pipeline, from, openEnd)
        },
        async rewind(lane, cursor, from) {
          const row = pipeline.rows.get(lane) ?? newRow()
          pipeline.rows.set(lane, row)
          row.cursor = cursor
          row.readBy = undefined
          row.fingerprint = undefined
          row.committedAt = new Date().toISOString()
          reopen(pipeline, from, openEnd)
        },
        reopen: async (from, until) => reopen(pipeline, from, until),
        async drop(lane) {
          pipeline.rows.delete(lane)
        },
        release,
        [Symbol.asyncDispose]: release,
      }
    },
    async lanes() {
      const summaries: LaneSummary[] = []
      for (const [pipeline, { rows }] of pipelines) {
        for (const [lane, { cursor, newest, ...row }] of rows) {
          if (cursor === undefined) continue
          const newestAt = newest === undefined ? undefined : new Date(newest).toISOString()
          const { delivered, readBy, committedAt } = row
          summaries.push({
            pipeline,
            lane,
            cursor,
            delivered,
            quarantined: row.quarantined,
            newestAt,
            readBy,
            committedAt,
          })
        }
      }
      return summaries
    },
    pipelines: async () => [...pipelines].map(([pipeline, { asked }]) => ({ pipeline, asked })),
    async quarantineCounts() {
      const counts = new Map<string, QuarantineCount>()
      for (const { pipeline, kind, code } of quarantined) {
        const key = JSON.stringify([pipeline, kind, code])
        counts.set(key, { pipeline, kind, code, entries: (counts.get(key)?.entries ?? 0) + 1 })
      }
      return [...counts.values()].sort(
        (a, b) =>
          compare(a.pipeline, b.pipeline) ||
          b.entries - a.entries ||
          compare(a.kind, b.kind) ||
          compare(a.code, b.code),
      )
    },
    async *quarantine(pipeline) {
      yield* quarantined.filter((entry) => pipeline === undefined || entry.pipeline === pipeline)
    },
    async ledger(pipeline, from, until) {
      const ledger = pipelines.get(pipeline)?.ledger ?? []
      return ledger.filter(({ hour }) => hour >= from && hour < until)
    },
    async discharge(numbers) {
      for (const entry of quarantined.filter(({ number }) => numbers.includes(number))) {
        const pipeline = pipelineOf(entry.pipeline)
        const delta = ledgerDelta()
        for (const { id, at, kind, timed } of quarantinedIdentities(
          [entry],
          Date.parse(entry.quarantinedAt),
        )) {
          if (!timed) continue
          delta.add(at, 'delivered', id)
          pipeline.ledger = added(pipeline.ledger, [taken(hourOf(at), kind, id)])
        }
        pipeline.ledger = added(pipeline.ledger, delta.hours())
      }
      quarantined = quarantined.filter(({ number }) => !numbers.includes(number))
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function newRow(): Row {
  return {
    fingerprint: undefined,
    cursor: undefined,
    committedAt: '',
    delivered: 0,
    quarantined: 0,
    newest: undefined,
    readBy: undefined,
  }
}

function reopen(pipeline: Pipeline, from: number, until: number): void {
  pipeline.asked = withSpan(pipeline.asked, { from, until })
  forget(pipeline, from, until)
}

/** Removes these hours from the ledger and forgets their ids. */
function forget(pipeline: Pipeline, from: number, until: number): void {
  const within = (at: number): boolean => at >= from && at < until
  pipeline.ledger = pipeline.ledger.filter(({ hour }) => !within(hour))
  for (const [id, { at }] of pipeline.known) if (within(at)) pipeline.known.delete(id)
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function added(ledger: readonly LedgerHour[], hours: readonly LedgerHour[]): LedgerHour[] {
  const sums = new Map(ledger.map((row) => [`${row.hour} ${row.kind}`, row]))
  for (const row of hours) {
    const key = `${row.hour} ${row.kind}`
    sums.set(key, { ...row, ...addTotals(sums.get(key) ?? emptyTotal, row) })
  }
  return [...sums.values()]
}

/** The count that removes one id from an hour. */
function taken(hour: number, kind: LedgerKind, id: string): LedgerHour {
  return { hour, kind, count: -1, checksum: -totalOf(id).checksum }
}

/** Only ids of this lane and of dropped lanes: another lane may still be reading a much earlier time. */
function prune({ known, rows }: Pipeline, lane: string, before: number): void {
  for (const [id, one] of known) {
    if (one.at < before && (one.lane === lane || !rows.has(one.lane))) known.delete(id)
  }
}

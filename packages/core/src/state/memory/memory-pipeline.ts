import type { Commit, Cursor } from '../../contract.ts'
import type { HourSpan, LedgerHour, LedgerKind, TimeSpan } from '../../ledger-hour.ts'
import type { QuarantineEntry, StoredQuarantineEntry } from '../../quarantine-entry.ts'
import { withReopened } from '../delivered-before.ts'
import { openStart, withSpan } from '../hour-spans.ts'
import { addTotals, emptyTotal, hourOf, ledgerDelta, totalOf } from '../ledger.ts'
import { newestOf } from '../newest-of.ts'
import { quarantinedIdentities } from '../quarantined-identities.ts'
import { rejections } from '../rejections.ts'

/** One lane of a pipeline. */
export interface Row {
  /** Undefined after a rewind: then any filters may be used. */
  fingerprint: string | undefined
  cursor: Cursor | undefined
  committedAt: string
  delivered: number
  quarantined: number
  newest: number | undefined
  readBy: string | undefined
}

/** What is kept of a pipeline beside its quarantine. */
export interface Pipeline {
  /** Identifies the claim that holds the pipeline. */
  claimed: symbol | undefined
  rejectedSince: number
  readonly rows: Map<string, Row>
  /** When an event happened, and the lane that met it first. */
  readonly known: Map<string, { readonly at: number; readonly lane: string }>
  /** By hour and kind. */
  ledger: LedgerHour[]
  asked: HourSpan[]
  /** See `Lane.deliveredBefore`. */
  deliveredBefore: readonly TimeSpan[]
}

export function newPipeline(): Pipeline {
  return {
    claimed: undefined,
    rejectedSince: 0,
    rows: new Map(),
    known: new Map(),
    ledger: [],
    asked: [],
    deliveredBefore: [],
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

/** The row of a lane, made if missing. */
export function rowOf({ rows }: Pipeline, lane: string): Row {
  const row = rows.get(lane) ?? newRow()
  rows.set(lane, row)
  return row
}

/** What a rewind does to a row. */
export function moveBack(row: Row, cursor: Cursor): void {
  row.cursor = cursor
  row.readBy = undefined
  row.fingerprint = undefined
  row.committedAt = new Date().toISOString()
}

/** Saves everything in a commit except the quarantined events themselves. Returns those of them that the ledger counts. */
export function commitTo(
  pipeline: Pipeline,
  lane: string,
  row: Row,
  { cursor, readBy, delivered, quarantined, contentForm }: Commit,
  rememberMs: number,
): ReadonlySet<QuarantineEntry> {
  const now = Date.now()
  row.cursor = cursor
  row.readBy = readBy
  row.committedAt = new Date(now).toISOString()
  row.delivered += delivered.length
  row.quarantined += quarantined.length
  pipeline.rejectedSince = delivered.length > 0 ? 0 : pipeline.rejectedSince + rejections(quarantined)
  const delta = ledgerDelta(contentForm)
  const given = delivered.map((one) => ({
    ...one,
    kind: 'delivered' as const,
    timed: true,
    entry: undefined,
  }))
  const setAside = quarantinedIdentities(quarantined, now).map((one, index) => ({
    ...one,
    entry: quarantined[index],
  }))
  const counted = new Set<QuarantineEntry>()
  const met = [...given, ...setAside]
  for (const { id, at, kind, timed, content, entry } of met) {
    if (!pipeline.known.has(id)) {
      if (timed) delta.add(at, kind, id, content)
      if (entry) counted.add(entry)
      pipeline.known.set(id, { at, lane })
    }
  }
  pipeline.ledger = added(pipeline.ledger, delta.hours())
  const newest = newestOf(
    met.filter(({ timed }) => timed),
    now,
  )
  if (newest !== null) row.newest = Math.max(row.newest ?? newest, newest)
  // By the events of this commit: after a rewind they are much older than the newest that the lane ever met.
  prune(pipeline, lane, (newest ?? openStart) - rememberMs)
  return counted
}

export function reopen(pipeline: Pipeline, from: number, until: number): void {
  pipeline.asked = withSpan(pipeline.asked, { from, until })
  forget(pipeline, from, until)
}

/** Removes these hours from the ledger and forgets their ids, but remembers in which of them something was delivered. */
export function forget(pipeline: Pipeline, from: number, until: number): void {
  noteReopened(pipeline, from, until)
  const within = (at: number): boolean => at >= from && at < until
  pipeline.ledger = pipeline.ledger.filter(({ hour }) => !within(hour))
  for (const [id, { at }] of pipeline.known) if (within(at)) pipeline.known.delete(id)
}

/** Call it before the ledger of these hours is emptied. */
function noteReopened(pipeline: Pipeline, from: number, until: number): void {
  const hours = pipeline.ledger
    .filter(({ hour, kind, count }) => kind === 'delivered' && count > 0 && hour >= from && hour < until)
    .map(({ hour }) => hour)
  if (hours.length === 0) return
  const newest = Math.max(...[...pipeline.rows.values()].flatMap((row) => row.newest ?? []))
  const isKnown = Number.isFinite(newest)
  pipeline.deliveredBefore = withReopened(pipeline.deliveredBefore, {
    hours,
    newest: isKnown ? newest : undefined,
  })
}

/** Counts an entry that leaves the quarantine as delivered. */
export function countDischarged(pipeline: Pipeline, entry: StoredQuarantineEntry): void {
  const delta = ledgerDelta()
  for (const { id, at, kind, timed } of quarantinedIdentities([entry], Date.parse(entry.quarantinedAt))) {
    if (!timed) continue
    delta.add(at, 'delivered', id)
    pipeline.ledger = added(pipeline.ledger, [taken(hourOf(at), kind, id)])
  }
  pipeline.ledger = added(pipeline.ledger, delta.hours())
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

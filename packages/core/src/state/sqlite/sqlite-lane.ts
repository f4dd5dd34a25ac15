import type { DatabaseSync } from 'node:sqlite'
import { toJsonText } from '@asana-audit/schema/lossless'
import type { Acceptance, Commit, Lane } from '../../contract.ts'
import { openStart } from '../hour-spans.ts'
import { ledgerDelta } from '../ledger.ts'
import { newestOf } from '../newest-of.ts'
import { hourThatCounts, quarantinedIdentities } from '../quarantined-identities.ts'
import { rejections } from '../rejections.ts'
import { filtersChanged } from '../state-faults.ts'
import { readDeliveredBefore } from './sqlite-delivered-before.ts'
import { guarded } from './sqlite-file.ts'
import { knownIds } from './sqlite-known.ts'
import { ledgerWriter, pruneLedger } from './sqlite-ledger.ts'

/** Old ids are deleted once in this much event time, because the search reads all ids. */
const pruneEveryMs = 1_800_000

interface LaneRow {
  readonly cursor: string
  readonly fingerprint: string | null
}

interface LaneKey {
  readonly pipeline: string
  readonly id: number
  readonly name: string
  readonly fingerprint: string
  readonly rememberMs: number
}

/**
 * The row of a lane, and what a commit to it does in one transaction: cursor, ids, ledger and quarantine. Throws a fatal
 * `filters_changed`. `change` runs its work in a transaction, with the claim held.
 */
export function openLane(
  database: DatabaseSync,
  path: string,
  key: LaneKey,
  change: <T>(work: () => T) => Promise<T>,
): Lane {
  const { id, name, fingerprint, rememberMs } = key
  const select = database.prepare('SELECT cursor, fingerprint FROM lane WHERE pipeline_id = ? AND name = ?')
  const row = (): LaneRow | undefined => select.get(id, name) as LaneRow | undefined
  const stored = row()?.fingerprint ?? fingerprint
  if (stored !== fingerprint) throw filtersChanged(key.pipeline)

  const upsert = database.prepare(`
    INSERT INTO lane (pipeline_id, name, fingerprint, cursor, delivered, quarantined, newest, read_by, committed_at)
    VALUES (:id, :name, :fingerprint, :cursor, :delivered, :quarantined, :newest, :readBy, :committedAt)
    ON CONFLICT DO UPDATE SET cursor = excluded.cursor, fingerprint = excluded.fingerprint,
      read_by = excluded.read_by, committed_at = excluded.committed_at,
      delivered = delivered + excluded.delivered, quarantined = quarantined + excluded.quarantined,
      newest = max(coalesce(newest, excluded.newest), coalesce(excluded.newest, newest))`)
  const past = database.prepare(`
    SELECT rejected_since AS rejectedSince, (SELECT coalesce(sum(delivered), 0) FROM lane WHERE pipeline_id = id) AS delivered
    FROM pipeline WHERE id = ?`)
  const forgive = database.prepare(
    'UPDATE pipeline SET rejected_since = 0 WHERE id = ? AND rejected_since > 0',
  )
  const reject = database.prepare('UPDATE pipeline SET rejected_since = rejected_since + ? WHERE id = ?')
  const knowledge = knownIds(database, id, name)
  const addToLedger = ledgerWriter(database, id)
  const addToQuarantine = database.prepare(`
    INSERT INTO quarantine (pipeline_id, kind, event_id, code, reason, event, quarantined_at, counted_in)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  let prunedUpTo = 0

  function commit({ cursor, readBy, delivered, quarantined, contentForm }: Commit): void {
    const now = Date.now()
    const committedAt = new Date(now).toISOString()
    const delta = ledgerDelta(contentForm)
    const quarantinedIds = quarantinedIdentities(quarantined, now)
    const newest = newestOf([...delivered, ...quarantinedIds.filter(({ timed }) => timed)], now)
    const horizon = (newest ?? openStart) - rememberMs
    for (const { id: eventId, at, content } of knowledge.add(delivered, horizon))
      delta.add(at, 'delivered', eventId, content)
    const counted = new Set(knowledge.add(quarantinedIds, horizon))
    for (const { id: eventId, at, kind, timed, content } of counted) {
      if (timed) delta.add(at, kind, eventId, content)
    }
    for (const [index, { kind, id: eventId, code, reason, event }] of quarantined.entries()) {
      const hour = hourThatCounts(quarantinedIds[index], counted)
      addToQuarantine.run(id, kind, eventId ?? null, code, reason, toJsonText(event), committedAt, hour)
    }
    addToLedger(delta.hours())
    const counts = { delivered: delivered.length, quarantined: quarantined.length }
    const rejected = rejections(quarantined)
    if (delivered.length > 0) forgive.run(id)
    else if (rejected > 0) reject.run(rejected, id)
    upsert.run({ id, name, fingerprint, cursor, ...counts, newest, readBy: readBy ?? null, committedAt })
    if (horizon > prunedUpTo + pruneEveryMs) {
      knowledge.prune(horizon)
      pruneLedger(database, id, horizon)
      prunedUpTo = horizon
    }
  }

  return {
    load: async () => guarded(path, () => row()?.cursor),
    acceptance: async () => guarded(path, () => past.get(id) as unknown as Acceptance),
    known: async (ids) => guarded(path, () => knowledge.among(ids)),
    deliveredBefore: async () => guarded(path, () => readDeliveredBefore(database, id)),
    commit: (batch) => change(() => commit(batch)),
  }
}

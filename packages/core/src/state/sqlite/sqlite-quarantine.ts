import type { DatabaseSync } from 'node:sqlite'
import { fromJsonText } from '@asana-audit/schema/lossless'
import type { HourSpan } from '../../ledger-hour.ts'
import type { QuarantineCount, QuarantineKind, StoredQuarantineEntry } from '../../quarantine-entry.ts'
import { hourOf, totalOf } from '../ledger.ts'
import { inNoHour, quarantinedIdentities } from '../quarantined-identities.ts'
import { ledgerWriter } from './sqlite-ledger.ts'

interface QuarantineRow {
  readonly number: number
  readonly pipeline: unknown
  readonly kind: QuarantineKind
  readonly id: string | null
  readonly code: string
  readonly reason: string
  readonly event: string
  readonly quarantinedAt: string
}

/** Reads each row on its own: a long list must not hold a snapshot open while a pipeline runs. */
export async function* readQuarantine(
  database: DatabaseSync,
  pipeline: string | undefined,
): AsyncGenerator<StoredQuarantineEntry> {
  const next = database.prepare(`
    SELECT number, pipeline.name AS pipeline, kind, event_id AS id, code, reason, event, quarantined_at AS quarantinedAt
    FROM quarantine JOIN pipeline ON pipeline.id = pipeline_id
    WHERE number > ? AND (? IS NULL OR pipeline.name = ?) ORDER BY number LIMIT 1`)
  for (let after = 0; ; ) {
    const row = next.get(after, pipeline ?? null, pipeline ?? null) as
      | (QuarantineRow & { pipeline: string })
      | undefined
    if (!row) return
    after = row.number
    yield { ...row, id: row.id ?? undefined, event: fromJsonText(row.event) }
  }
}

export function countQuarantine(database: DatabaseSync): QuarantineCount[] {
  const rows = database
    .prepare(`
      SELECT pipeline.name AS pipeline, kind, code, count(*) AS entries
      FROM quarantine JOIN pipeline ON pipeline.id = pipeline_id
      GROUP BY pipeline_id, kind, code ORDER BY pipeline.name, entries DESC, kind, code`)
    .all() as unknown as QuarantineCount[]
  return rows.map((row) => ({ ...row }))
}

/** These hours count from zero now, so what was put in quarantine before is in no count any more. In a transaction. */
export function uncount(database: DatabaseSync, pipeline: number, { from, until }: HourSpan): void {
  database
    .prepare(
      'UPDATE quarantine SET counted_in = ? WHERE pipeline_id = ? AND counted_in >= ? AND counted_in < ?',
    )
    .run(inNoHour, pipeline, from, until)
}

/** An event that leaves the quarantine was delivered, and counts as delivered from now on. In a transaction. */
export function discharge(database: DatabaseSync, numbers: readonly number[]): void {
  const select = database.prepare(
    'SELECT pipeline_id AS pipeline, kind, event_id AS id, event, quarantined_at AS quarantinedAt, counted_in AS countedIn FROM quarantine WHERE number = ?',
  )
  const remove = database.prepare('DELETE FROM quarantine WHERE number = ?')
  for (const number of numbers) {
    const row = select.get(number) as
      | (QuarantineRow & { readonly pipeline: number; readonly countedIn: number | null })
      | undefined
    if (!row) continue
    remove.run(number)
    if (row.countedIn === inNoHour) continue
    const entry = { id: row.id ?? undefined, kind: row.kind, event: fromJsonText(row.event) }
    for (const { id, at, kind, timed } of quarantinedIdentities([entry], Date.parse(row.quarantinedAt))) {
      if (!timed) continue
      const one = totalOf(id)
      const hour = hourOf(at)
      ledgerWriter(
        database,
        row.pipeline,
      )([
        { hour, kind, count: -one.count, checksum: -one.checksum },
        { hour, kind: 'delivered', ...one },
      ])
    }
  }
}

import { fromJsonText } from '@asana-audit/schema/lossless'
import type { HourSpan } from '../../../ledger-hour.ts'
import type { QuarantineCount, QuarantineKind, StoredQuarantineEntry } from '../../../quarantine-entry.ts'
import { addTotals, emptyTotal, hourOf, totalOf } from '../../ledger.ts'
import { inNoHour, quarantinedIdentities } from '../../quarantined-identities.ts'
import { type PostgresClient, rowsOf } from '../connection/postgres-client.ts'
import { stored } from '../connection/postgres-text.ts'
import { addToLedger, type LedgerAddition } from './postgres-ledger.ts'

/** An event may have some megabytes. */
const rowsAtOnce = 20

interface QuarantineRow {
  readonly number: string
  readonly pipeline: string
  readonly kind: QuarantineKind
  readonly id: string | null
  readonly code: string
  readonly reason: string
  readonly event: string
  readonly quarantinedAt: string
}

/** Reads some rows at a time: a long list must not hold a snapshot open while a pipeline runs. */
export async function* readQuarantine(
  use: <T>(work: (client: PostgresClient) => Promise<T>) => Promise<T>,
  pipeline: string | undefined,
): AsyncGenerator<StoredQuarantineEntry> {
  for (let after = '0'; ; ) {
    const values = [after, pipeline ?? null, rowsAtOnce]
    const rows = await use((client) =>
      rowsOf<QuarantineRow>(
        client,
        `select number::text, name as pipeline, kind, event_id as id, code, reason, event, ${utc('quarantined_at')} as "quarantinedAt"
         from asana_audit.quarantine join asana_audit.pipeline on pipeline.id = pipeline_id
         where number > $1::bigint and ($2::text is null or name = $2) order by quarantine.number limit $3`,
        values,
      ),
    )
    for (const { number, id, code, reason, event, ...row } of rows) {
      yield {
        ...row,
        number: Number(number),
        id: id === null ? undefined : stored(id),
        code: stored(code),
        reason: stored(reason),
        event: fromJsonText(event),
      }
    }
    const last = rows.at(-1)
    if (!last || rows.length < rowsAtOnce) return
    after = last.number
  }
}

/** A time as RFC 3339 has it, with milliseconds. */
export function utc(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

export async function countQuarantine(client: PostgresClient): Promise<QuarantineCount[]> {
  const rows = await rowsOf<Omit<QuarantineCount, 'entries'> & { entries: string }>(
    client,
    `select name as pipeline, kind, code, count(*)::text as entries
     from asana_audit.quarantine join asana_audit.pipeline on pipeline.id = pipeline_id
     group by name, kind, code order by name, count(*) desc, kind, code`,
  )
  return rows.map((row) => ({ ...row, code: stored(row.code), entries: Number(row.entries) }))
}

/** These hours count from zero now, so what was put in quarantine before is in no count any more. In a transaction. */
export async function uncount(
  client: PostgresClient,
  pipelineId: number,
  { from, until }: HourSpan,
): Promise<void> {
  await client.query(
    'update asana_audit.quarantine set counted_in = $1 where pipeline_id = $2 and counted_in >= $3 and counted_in < $4',
    [inNoHour, pipelineId, from, until],
  )
}

interface DischargedRow extends Pick<QuarantineRow, 'kind' | 'id' | 'event'> {
  readonly countedIn: string | null
  readonly pipelineId: number
  readonly at: string
}

/** An event that leaves the quarantine was delivered, and counts as delivered from now on. In a transaction. */
export async function discharge(client: PostgresClient, numbers: readonly number[]): Promise<void> {
  const rows = await rowsOf<DischargedRow>(
    client,
    `delete from asana_audit.quarantine where number = any($1::bigint[])
     returning pipeline_id as "pipelineId", kind, event_id as id, event, counted_in::text as "countedIn",
       (extract(epoch from quarantined_at) * 1000)::bigint::text as at`,
    [numbers],
  )
  const sums = new Map<string, LedgerAddition>()
  const add = (one: LedgerAddition): void => {
    const name = `${one.pipelineId} ${one.hour} ${one.kind}`
    sums.set(name, { ...one, ...addTotals(sums.get(name) ?? emptyTotal, one) })
  }
  const counted = rows.filter(({ countedIn }) => countedIn !== String(inNoHour))
  for (const { pipelineId, kind, id: storedId, event, at: quarantinedAt } of counted) {
    const entry = { id: storedId === null ? undefined : stored(storedId), kind, event: fromJsonText(event) }
    for (const { id, at, kind: counted, timed } of quarantinedIdentities([entry], Number(quarantinedAt))) {
      if (!timed) continue
      const one = totalOf(id)
      const hour = hourOf(at)
      add({ pipelineId, hour, kind: counted, count: -one.count, checksum: -one.checksum })
      add({ pipelineId, hour, kind: 'delivered', ...one })
    }
  }
  await addToLedger(client, [...sums.values()])
}

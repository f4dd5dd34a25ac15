import { toJsonText } from '@asana-audit/schema/lossless'
import type { Commit } from '../../contract.ts'
import type { LedgerKind } from '../../ledger-hour.ts'
import { openStart } from '../hour-spans.ts'
import { ledgerDelta } from '../ledger.ts'
import { newestOf } from '../newest-of.ts'
import { hourThatCounts, quarantinedIdentities } from '../quarantined-identities.ts'
import { rejections } from '../rejections.ts'
import type { PostgresClient } from './connection/postgres-client.ts'
import { storable } from './connection/postgres-text.ts'
import type { MetId } from './tables/postgres-known.ts'
import type { LedgerAddition } from './tables/postgres-ledger.ts'

/** Names a row of `lane`. */
export interface LaneKey {
  readonly pipelineId: number
  readonly name: string
}

/** A commit to a lane over the version that was loaded. */
export interface LaneCommit extends LaneKey {
  readonly fingerprint: string
  readonly version: bigint
  readonly commit: Commit
  /** The process that makes the commit, for the person who reads the table. */
  readonly owner?: string | undefined
  /** A name for this commit alone. If its answer was lost and it is tried again under the same name, it is not made twice. */
  readonly attempt?: string | undefined
  /** How long its ids are remembered, in milliseconds of event time. Undefined: as long as the call says for all its commits. */
  readonly rememberMs?: number | undefined
}

export interface Met extends MetId {
  readonly kind: LedgerKind
  readonly content?: number | undefined
  readonly contentForm: string | undefined
  /** False without a readable time or an id: it belongs to no hour of the ledger. */
  readonly timed: boolean
}

/** A commit, and what is known of its events before anything is saved. */
export interface WeighedCommit {
  readonly given: LaneCommit
  /** Milliseconds since 1970; null if no event has a time. */
  readonly newest: number | null
  readonly horizon: number
  readonly met: readonly Met[]
}

export function weigh(given: LaneCommit, rememberMs: number, now: number): WeighedCommit {
  const { pipelineId, name: lane, commit } = given
  const quarantined = quarantinedIdentities(commit.quarantined, now)
  const newest = newestOf([...commit.delivered, ...quarantined.filter(({ timed }) => timed)], now)
  const horizon = (newest ?? openStart) - rememberMs
  const place = { pipelineId, lane, horizon, contentForm: commit.contentForm }
  const delivered = commit.delivered.map(({ id, at, content }) => ({
    ...{ id, at, content },
    kind: 'delivered' as const,
    timed: true,
  }))
  return { given, newest, horizon, met: [...delivered, ...quarantined].map((one) => ({ ...one, ...place })) }
}

/** An accepted event forgives all rejections before it. */
export async function countRejections(
  client: PostgresClient,
  accepted: readonly WeighedCommit[],
): Promise<void> {
  const counts = new Map<number, { forgiven: boolean; rejected: number }>()
  for (const { given } of accepted) {
    const { delivered, quarantined } = given.commit
    const rejected = rejections(quarantined)
    if (delivered.length === 0 && rejected === 0) continue
    const before = counts.get(given.pipelineId)
    counts.set(given.pipelineId, {
      forgiven: delivered.length > 0 || (before?.forgiven ?? false),
      rejected: rejected + (before?.rejected ?? 0),
    })
  }
  if (counts.size === 0) return
  const inOrder = [...counts].sort(([one], [other]) => one - other)
  await client.query(
    `update asana_audit.pipeline set rejected_since = case when forgiven then 0 else rejected_since + rejected end
     from unnest($1::int[], $2::boolean[], $3::bigint[]) as given (pipeline_id, forgiven, rejected)
     where id = pipeline_id and (rejected_since > 0 or not forgiven)`,
    [
      inOrder.map(([id]) => id),
      inOrder.map(([, { forgiven }]) => forgiven),
      inOrder.map(([, { rejected }]) => rejected),
    ],
  )
}

/** What new ids add to the hours of their pipelines. */
export function additions(met: readonly Met[]): LedgerAddition[] {
  const deltas = new Map<number, ReturnType<typeof ledgerDelta>>()
  // The lanes of a pipeline have one source, and so one form.
  for (const { pipelineId, id, at, kind, timed, content, contentForm } of met) {
    const delta = deltas.get(pipelineId) ?? ledgerDelta(contentForm)
    deltas.set(pipelineId, delta)
    if (timed) delta.add(at, kind, id, content)
  }
  return [...deltas].flatMap(([pipelineId, delta]) => delta.hours().map((hour) => ({ ...hour, pipelineId })))
}

/** `counted`: what the ledger counts of them. */
export async function setAside(
  client: PostgresClient,
  accepted: readonly WeighedCommit[],
  counted: ReadonlySet<Met>,
): Promise<void> {
  const entries = accepted.flatMap(({ given: { pipelineId, commit }, met }) => {
    const ofEntries = met.slice(commit.delivered.length)
    return commit.quarantined.map((entry, index) => ({
      ...entry,
      pipelineId,
      countedIn: hourThatCounts(ofEntries[index], counted),
    }))
  })
  if (entries.length === 0) return
  await client.query(
    `insert into asana_audit.quarantine (pipeline_id, kind, event_id, code, reason, event, counted_in)
     select pipeline_id, kind, event_id, code, reason, event, counted_in
     from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[]) with ordinality
       as given (pipeline_id, kind, event_id, code, reason, event, counted_in, place)
     order by place`,
    [
      entries.map(({ pipelineId }) => pipelineId),
      entries.map(({ kind }) => kind),
      entries.map(({ id }) => (id === undefined ? null : storable(id))),
      entries.map(({ code }) => storable(code)),
      entries.map(({ reason }) => storable(reason)),
      entries.map(({ event }) => toJsonText(event)),
      entries.map(({ countedIn }) => countedIn),
    ],
  )
}

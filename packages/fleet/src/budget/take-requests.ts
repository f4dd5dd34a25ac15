import type { Connection } from '../database/open-database.ts'

/** A question about the budget of one token, and what a worker has learnt about it. */
export interface BudgetAsk {
  readonly tokenRef: string
  readonly requests: number
  /** No request may start for this long, in milliseconds; 0: that is not known. */
  readonly holdMs: number
}

/** What a token grants. */
export interface BudgetGrant {
  /** How many of the requests may start, each at its time. */
  readonly granted: number
  /** When the first of them may start, in milliseconds from now; the others follow at `spacingMs`. */
  readonly firstInMs: number
  readonly spacingMs: number
  /** When it makes sense to ask again for those that were not granted, in milliseconds from now. */
  readonly againInMs: number
}

/** How many requests may start at once after a quiet spell, as a share of a minute's worth. */
const burst = 1 / 60

/** Nobody waits longer than this for a request. A request that would have to wait longer is asked for again later. */
export const longestWaitMs = 5_000

/** The longest wait that a server may ask for, in milliseconds. */
export const longestHoldMs = 600_000

/**
 * One row for each token, shared by all workers: `due` is when the next request is due at an even rate. All tokens of a moment are asked in one
 * statement, in one order for all workers: otherwise two of them could wait for each other for ever. The clock is the database's.
 *
 * A new row is only made here, and counts from the next time on.
 */
const take = `
  with asked as (
    select * from json_to_recordset($1::json) as asked (token_ref text, requests int, hold_ms float8)
  ), made as (
    insert into asana_audit.budget (token_ref, per_minute, held_until)
    select token_ref, $2::int, now() + hold_ms * interval '1 ms' from asked order by token_ref
    on conflict (token_ref) do nothing
  ), before as (
    select b.token_ref, a.requests,
      extract(epoch from greatest(least(b.held_until, now() + $6::float8 * interval '1 ms'),
        now() + a.hold_ms * interval '1 ms') - now())::float8 * 1000 as held_ms,
      -- No burst after a hold, so that waiting requests do not all start at once.
      extract(epoch from greatest(least(b.due, now() + ($6::float8 + $4::float8) * interval '1 ms'), now(),
        case when a.hold_ms > 0 then now() + (a.hold_ms + $4::float8) * interval '1 ms' end) - now())::float8 * 1000 as due_ms
    from asana_audit.budget b join asked a using (token_ref) order by b.token_ref for update of b
  ), granting as (
    select *, greatest(due_ms - $4::float8, held_ms, 0) as first_ms,
      case when held_ms > $5::float8 then 0
        else least(requests, greatest(0, floor(($5::float8 + $4::float8 - due_ms) / $3::float8) + 1))::int end as granted
    from before
  )
  update asana_audit.budget b set per_minute = $2::int,
    held_until = now() + g.held_ms * interval '1 ms',
    due = now() + (g.due_ms + g.granted * $3::float8) * interval '1 ms'
  from granting g where b.token_ref = g.token_ref
  returning b.token_ref as "tokenRef", g.granted, g.first_ms::float8 as "firstInMs"`

/** Grants by token. A token that is not named was never asked before: all is granted, at once. */
export async function takeRequests(
  connection: Connection,
  perMinute: number,
  asks: readonly BudgetAsk[],
): Promise<ReadonlyMap<string, BudgetGrant>> {
  const spacingMs = 60_000 / perMinute
  const toleranceMs = spacingMs * Math.max(1, perMinute * burst)
  const asked = asks.map(({ tokenRef, requests, holdMs }) => ({
    ...{ token_ref: tokenRef, requests, hold_ms: holdMs },
  }))
  const { rows } = await connection.executeSql(take, [
    ...[JSON.stringify(asked), perMinute, spacingMs, toleranceMs, longestWaitMs, longestHoldMs],
  ])
  const grants = new Map<string, BudgetGrant>()
  for (const { tokenRef, granted, firstInMs } of rows as (BudgetGrant & { tokenRef: string })[]) {
    const againInMs = Math.max(firstInMs, spacingMs)
    grants.set(tokenRef, { granted, firstInMs, spacingMs, againInMs })
  }
  return grants
}

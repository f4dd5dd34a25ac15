import type { Cursor, LaneSummary, State } from '@asana-audit/core'
import { asanaBackfillCursor, type BacklogLeft } from '@asana-audit/core/backlog'
import { hourMs, hourOf, openEnd, openStart } from '@asana-audit/core/ledger'
import { millisOf } from '@asana-audit/schema/lossless'
import { assertSomethingLeft, type BackfillTime, backfillTime } from './backfill-time.ts'

/** An interrupted backfill. */
interface Interrupted {
  readonly cursor: Cursor
  readonly left: BacklogLeft
}

/**
 * The range that an interrupted backfill begins again, from the start of the hour it had reached. Undefined if it goes on from its position.
 * It begins again if the process ended before the counts of its hours started again. It also does if `run` began or was rewound meanwhile: the
 * ledger would count twice what `run` has delivered, or will deliver. Throws `not_yet_read` if `run` will deliver all of it.
 */
export async function rangeAnew(
  state: Pick<State, 'ledger'>,
  name: string,
  { cursor, left }: Interrupted,
  { lanes, now }: { readonly lanes: readonly LaneSummary[]; readonly now: number },
): Promise<BackfillTime | undefined> {
  const range = backfillTime({ name, since: left.from, until: left.until }, lanes, now)
  const isUnmoved = cursor === asanaBackfillCursor(left.from, left.until)
  const isShorter = (millisOf(range.until) ?? openEnd) < (millisOf(left.until) ?? openEnd)
  if (!isUnmoved && !isShorter && !(await isCounted(state, name, left))) return undefined
  assertSomethingLeft(name, range, now)
  return range
}

/** Whether the ledger has events of a whole hour that the backfill has not reached. It counted none of them itself, as it reads in order. */
async function isCounted(
  state: Pick<State, 'ledger'>,
  name: string,
  { from, until }: BacklogLeft,
): Promise<boolean> {
  const next = from === undefined ? openStart : hourOf((millisOf(from) ?? openStart) + hourMs)
  const counted = await state.ledger(name, next, hourOf(millisOf(until) ?? openEnd))
  return counted.some(({ count }) => count > 0)
}

import type { QuarantineEntry } from '../contract.ts'
import { isAfter } from '../event-time.ts'
import type { Quarantined, TooOld } from '../fact.ts'

/** One fact for each event, but only one for all that are too old: a backlog may have hundreds of thousands of them. */
export function quarantineFacts(entries: readonly QuarantineEntry[]): (Quarantined | TooOld)[] {
  const facts: (Quarantined | TooOld)[] = []
  let tooOld: TooOld | undefined
  for (const { kind, id, code, reason, event } of entries) {
    if (code === 'too_old') tooOld = joined(tooOld, (event as { created_at: string }).created_at, reason)
    else facts.push({ type: 'quarantined', kind, id, code, reason })
  }
  return tooOld ? [...facts, tooOld] : facts
}

function joined(sum: TooOld | undefined, at: string, reason: string): TooOld {
  if (!sum) return { type: 'too_old', events: 1, oldestAt: at, newestAt: at, reason }
  return {
    ...sum,
    events: sum.events + 1,
    oldestAt: isAfter(sum.oldestAt, at) ? at : sum.oldestAt,
    newestAt: isAfter(at, sum.newestAt) ? at : sum.newestAt,
  }
}

import type { LedgerHour } from '../ledger-hour.ts'
import { addTotals, emptyTotal, type LedgerTotal } from './ledger.ts'

/** One hour: the events of Asana and those of the ledger. */
export interface ReconciledHour {
  /** Milliseconds since 1970. */
  readonly hour: number
  readonly source: number
  readonly delivered: number
  readonly quarantined: number
  readonly uncertain: number
  /** Whether the ids are the same: count and sum of hashes. */
  readonly same: boolean
  /** Whether the events hold the same. */
  readonly content: ContentComparison
}

/**
 * `rewritten`: the ids are the same, but an event has other content. `not_recorded`: the ledger has no content for this hour, for example
 * because an earlier version wrote it. `other_form`: the content was recorded with another field policy. `not_compared`: the ids differ already.
 */
export type ContentComparison = 'same' | 'rewritten' | 'not_recorded' | 'other_form' | 'not_compared'

/** Compares hour by hour, oldest first. An hour that only one side has is compared with an empty one. */
export function reconcile(source: readonly LedgerHour[], ledger: readonly LedgerHour[]): ReconciledHour[] {
  const hours = [...new Set([...source, ...ledger].map(({ hour }) => hour))].sort((a, b) => a - b)
  const sum = (rows: readonly LedgerHour[]): LedgerTotal => rows.reduce<LedgerTotal>(addTotals, emptyTotal)
  return hours.map((hour) => {
    const theirs = sum(source.filter((row) => row.hour === hour))
    const rows = ledger.filter((row) => row.hour === hour)
    const ours = sum(rows)
    const of = (kind: LedgerHour['kind']): number => sum(rows.filter((row) => row.kind === kind)).count
    const same = theirs.count === ours.count && theirs.checksum === ours.checksum
    return {
      hour,
      source: theirs.count,
      delivered: of('delivered'),
      quarantined: of('quarantined'),
      uncertain: of('uncertain'),
      same,
      content: same ? compareContent(theirs, ours) : 'not_compared',
    }
  })
}

function compareContent({ content: theirs }: LedgerTotal, { content: ours }: LedgerTotal): ContentComparison {
  if (!theirs || !ours) return 'not_recorded'
  if (theirs.form !== ours.form) return 'other_form'
  return theirs.sum === ours.sum ? 'same' : 'rewritten'
}

import { rawEventTime } from '@asana-audit/schema/lossless'
import type { Identity } from '../contract.ts'
import type { LedgerKind } from '../ledger-hour.ts'
import type { QuarantineEntry } from '../quarantine-entry.ts'
import { contentHash } from './content-hash.ts'
import { hourOf } from './ledger.ts'
import { malformedId } from './malformed-id.ts'

/** A quarantined event as the ledger counts it. */
export interface QuarantinedIdentity extends Identity {
  readonly kind: Exclude<LedgerKind, 'delivered'>
  /** False without a readable time or an id: it belongs to no hour of the ledger. */
  readonly timed: boolean
}

/** Quarantined events count as known, so that a re-read does not quarantine them again. `now`: milliseconds, for events without a time. */
export function quarantinedIdentities(
  entries: readonly Pick<QuarantineEntry, 'id' | 'event' | 'kind'>[],
  now: number,
): QuarantinedIdentity[] {
  return entries.map(({ id, event, kind }) => {
    const at = rawEventTime(event)
    const counted = kind === 'uncertain' ? 'uncertain' : 'quarantined'
    const timed = id !== undefined && at !== undefined
    return { id: id ?? malformedId(event), at: at ?? now, kind: counted, timed, content: contentHash(event) }
  })
}

/** In place of the hour that counts an entry: none does. */
export const inNoHour = -1

/** The start of the hour of the ledger that counts an entry. `counted`: those that the ledger counts. */
export function hourThatCounts(
  one: Pick<QuarantinedIdentity, 'at' | 'timed'> | undefined,
  counted: ReadonlySet<unknown>,
): number {
  return one?.timed && counted.has(one) ? hourOf(one.at) : inNoHour
}

import {
  type AuditLogEvent,
  applyFieldPolicy,
  defaultFieldPolicy,
  type FieldPolicy,
} from '@asana-audit/schema'
import { millisOf } from '@asana-audit/schema/lossless'
import { type AuditLogFilters, filterMatcher } from '../../asana/audit-log-filters.ts'
import type { Identity, Malformed } from '../../contract.ts'
import type { OnFact } from '../../fact.ts'
import { identityOf } from '../../state/identity-of.ts'
import { driftWatch } from './drift-watch.ts'
import type { PageEntry } from './page-entries.ts'
import type { ReadPage } from './read-page.ts'

export interface AcceptPageOptions {
  readonly filters?: AuditLogFilters | undefined
  readonly fieldPolicy?: FieldPolicy | undefined
  readonly onFact?: OnFact | undefined
}

/** The times of both clocks when a page arrives, in milliseconds since 1970. */
export interface Clocks {
  readonly asana: number
  readonly own: number
}

/** `newest` is the newest `created_at` before this page. */
export type AcceptPage = (
  entries: readonly PageEntry[],
  newest: string | undefined,
  clocks: Clocks,
) => Pick<ReadPage, 'events' | 'identities' | 'malformed' | 'newest' | 'oldest'>

/** Makes events of the checked entries of a page: reports unknown values, applies the filters that Asana does not have, then the field policy. */
export function acceptPage(options: AcceptPageOptions): AcceptPage {
  const { fieldPolicy = defaultFieldPolicy } = options
  const watchDrift = driftWatch(options.onFact, fieldPolicy)
  const isAskedFor = filterMatcher(options.filters)
  return (entries, newestBefore, clocks) => {
    const events: AuditLogEvent[] = []
    const identities: Identity[] = []
    const malformed: Malformed[] = []
    let newest = newestBefore
    let newestMs = millisOf(newest) ?? Number.NEGATIVE_INFINITY
    let oldest: string | undefined
    let oldestMs = Number.POSITIVE_INFINITY
    let isTimed = true

    /** Notes the time of an entry, also if it is not an event: a re-read brings it again like any other. */
    function noteTime({ raw, at }: PageEntry): void {
      if (at === undefined) {
        isTimed = false
        return
      }
      // An event from the future must not push the healing time past events that are still to come. If one clock has passed the
      // event, the event is not from the future: the other clock is slow.
      const upTo = at > clocks.asana && at > clocks.own ? clocks.asana : at
      if (upTo > newestMs) {
        newestMs = upTo
        newest = upTo === at ? (raw as AuditLogEvent).created_at : new Date(upTo).toISOString()
      }
      if (at < oldestMs) {
        oldestMs = at
        oldest = (raw as AuditLogEvent).created_at
      }
    }

    for (const entry of entries) {
      const { raw, parsed, identity } = entry
      noteTime(entry)
      if ('reason' in parsed) {
        malformed.push({ raw: applyFieldPolicy(raw, fieldPolicy), reason: parsed.reason })
        continue
      }
      const { event } = parsed
      watchDrift(event, entry.drift)
      if (!isAskedFor(event)) continue
      const kept = applyFieldPolicy(event, fieldPolicy)
      events.push(kept)
      identities.push(kept === event && identity ? identity : identityOf(kept))
    }
    return { events, identities, malformed, newest, oldest: isTimed ? oldest : undefined }
  }
}

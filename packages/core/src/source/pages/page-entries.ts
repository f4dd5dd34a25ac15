import { createHash } from 'node:crypto'
import { type Drift, drift, parseAuditLogEvent } from '@asana-audit/schema'
import { rawEventTime } from '@asana-audit/schema/lossless'
import { pageData, type RawPage } from '../../asana/audit-log-page.ts'
import type { Identity } from '../../contract.ts'
import { identityOf } from '../../state/identity-of.ts'
import { malformedId } from '../../state/malformed-id.ts'

/** One entry of a page, checked. */
export interface PageEntry {
  readonly raw: unknown
  /** Its `created_at` in milliseconds since 1970; undefined if it has none that can be read. */
  readonly at: number | undefined
  readonly parsed: ReturnType<typeof parseAuditLogEvent>
  /** Undefined for what is not an event. */
  readonly identity: Identity | undefined
  /** What our catalogue does not know of the event; empty if it is not an event. */
  readonly drift: readonly Drift[]
}

/** What a page holds for every reader: before filters, field policy and the position of one reader. */
export interface PageEntries {
  readonly entries: readonly PageEntry[]
  /** A hash of its content: equal for the same events. */
  readonly content: string
}

/** Throws a temporary `malformed_page`. */
export function pageEntries(page: RawPage): PageEntries {
  let ids = ''
  const entries = pageData(page).map((raw): PageEntry => {
    ids += `${malformedId(raw)} `
    const parsed = parseAuditLogEvent(raw)
    if (!('event' in parsed)) return { raw, at: rawEventTime(raw), parsed, identity: undefined, drift: [] }
    const identity = identityOf(parsed.event)
    return { raw, at: identity.at, parsed, identity, drift: drift(parsed.event) }
  })
  // One hash for the whole page: a hash for each event would take a tenth of the time of reading.
  return { entries, content: createHash('sha256').update(ids).digest('base64url').slice(0, 22) }
}

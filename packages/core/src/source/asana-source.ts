import { createHash } from 'node:crypto'
import type { AuditLogEvent, FieldPolicy } from '@asana-audit/schema'
import { type AuditLogFilters, comparable } from '../asana/audit-log-filters.ts'
import type { AuditLogAccess } from '../asana/get-audit-log-events.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Batch, Cursor, OnFact, Source } from '../contract.ts'
import { watchedSecret } from '../files/watched-secret.ts'
import { httpClient } from '../http/http-client.ts'
import { checkOptions } from '../options/known-options.ts'
import { decodePosition, encodePosition } from './asana-cursor.ts'
import { checkTimes } from './check-times.ts'
import { newestEvent } from './newest-event.ts'
import { pageReader } from './page-reader.ts'
import { tail } from './tail.ts'

export interface AsanaSourceOptions extends AuditLogAccess {
  readonly filters?: AuditLogFilters | undefined
  /** RFC 3339, not in the future: where to start without a cursor. Default: the oldest event Asana still has (90 days). */
  readonly since?: string | undefined
  /** RFC 3339, exclusive: the source ends once Asana's clock and ours have passed it by the settled window and nothing is left. */
  readonly until?: string | undefined
  /** End at the first empty page instead of asking again. Default false. */
  readonly once?: boolean | undefined
  /** How long to wait after an empty page. Default 10,000. */
  readonly pollMs?: number | undefined
  /** Events a request; sent only when given (see `AuditLogQuery.limit`). */
  readonly limit?: number | undefined
  /** How far before the healing time reading starts again after a refused offset: at least the settled window. Default one hour. */
  readonly overlapMs?: number | undefined
  /**
   * Late events: what is newer than `windowMs` (default 45 minutes) is read again every `everyMs` (default 15 minutes) while
   * caught up, and once at the end of `once`. `false` for never.
   */
  readonly settled?:
    | { readonly windowMs?: number | undefined; readonly everyMs?: number | undefined }
    | false
    | undefined
  /** Applied once, here, before anything sees the event. Default drops `details.saml_response`. */
  readonly fieldPolicy?: FieldPolicy | undefined
  /**
   * After `afterwards` without an answer the request under way is ended and a temporary fault rejects; before the first answer already
   * `untilFirstPage` after the first failure. Default: never.
   */
  readonly giveUpAfterMs?: { readonly untilFirstPage: number; readonly afterwards: number } | undefined
  readonly onEvent?: OnFact | undefined
  readonly clock?: Clock | undefined
}

export interface AsanaSource extends Source<AuditLogEvent> {
  /** Changes whenever workspace or filters do: an offset must never be sent with other filters. */
  readonly fingerprint: string
}

/** Tails the audit log of one workspace. Temporary faults are waited out here; fatal ones reject. */
export function asanaSource(given: AsanaSourceOptions): AsanaSource {
  return auditLogSource('asanaSource', given, read, fingerprint)
}

/** What every source of the audit log has. Throws `unknown_option` for a mistyped one of `name`, `bad_option` for one that is missing. */
export function auditLogSource<O extends AsanaSourceOptions>(
  name: 'asanaSource' | 'asanaBackfill',
  given: O,
  read: (options: O, cursor?: Cursor, signal?: AbortSignal) => AsyncIterable<Batch<AuditLogEvent>>,
  fingerprintOf: (options: O) => string,
): AsanaSource {
  checkOptions(name, given)
  checkNeeded(name, given)
  checkOptions('filters', given.filters)
  checkOptions('settled', given.settled)
  const { read: token, changed } = watchedSecret(given.token, given.clock ?? systemClock)
  const options = { ...given, token }
  return {
    fingerprint: fingerprintOf(options),
    read: (cursor, signal) => read(options, cursor, signal),
    newerThan: (at, signal) => newestEvent(options, at, signal),
    ...(changed && { changed }),
  }
}

/** Of workspace and filters. */
export function fingerprint({ workspace, filters, until }: AsanaSourceOptions): string {
  return createHash('sha256')
    .update(JSON.stringify([workspace, ...comparable(filters), until]))
    .digest('base64url')
    .slice(0, 22)
}

async function* read(
  options: AsanaSourceOptions,
  cursor: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch<AuditLogEvent>> {
  const { clock = systemClock } = options
  if (cursor === undefined) checkTimes(options, clock.now())
  const http = options.http ?? httpClient()
  const reader = pageReader({ ...options, http, clock, signal })
  const at = cursor === undefined ? { startAt: options.since } : decodePosition(cursor)
  try {
    yield* tail({
      ...options,
      ...{ reader, clock, signal, at, resumed: cursor !== undefined, encode: encodePosition },
    })
  } catch (error) {
    if (!signal?.aborted) throw error
  } finally {
    if (!options.http) await http.close()
  }
}

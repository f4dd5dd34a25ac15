import { createHash } from 'node:crypto'
import { type AuditLogEvent, type FieldPolicy, parseMillis } from '@asana-audit/schema'
import { decodePosition, encodePosition } from './asana-cursor.ts'
import { type AsanaPosition, following, healed, isReread, mostHealings } from './asana-position.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Batch, OnFact, Source } from './contract.ts'
import type { AuditLogAccess } from './get-audit-log-events.ts'
import { httpClient } from './http-client.ts'
import { isOffsetRefused, pageReader, type ReadPage } from './page-reader.ts'
import { retentionMs } from './retention.ts'
import { settledWindow } from './settled-window.ts'

/** Which events. All combine; what is left out does not restrict. */
export interface AuditLogFilters {
  readonly eventType?: string | undefined
  readonly actorType?: string | undefined
  readonly actorGid?: string | undefined
  /** Asana cannot filter by e-mail, so the source drops the others itself. Upper and lower case do not matter. */
  readonly actorEmail?: string | undefined
  readonly resourceGid?: string | undefined
}

export interface AsanaSourceOptions extends AuditLogAccess {
  readonly filters?: AuditLogFilters | undefined
  /** RFC 3339: where to start without a cursor. Default: the oldest event Asana still has (90 days). */
  readonly since?: string | undefined
  /** RFC 3339, exclusive: the source ends once Asana's clock has passed it by the settled window and nothing is left. */
  readonly until?: string | undefined
  /** End at the first empty page instead of asking again. Default false. */
  readonly once?: boolean | undefined
  /** How long to wait after an empty page. Default 10,000. */
  readonly pollMs?: number | undefined
  /** Events a request; sent only when given (see `AuditLogQuery.limit`). */
  readonly limit?: number | undefined
  /** How far before the healing time reading starts again after a refused offset. Default one hour. */
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
  /** After so long without an answer a temporary fault rejects. Default: never. `untilFirstPage` before the first success. */
  readonly giveUpAfterMs?: { readonly untilFirstPage: number; readonly afterwards: number } | undefined
  readonly onEvent?: OnFact | undefined
  readonly clock?: Clock | undefined
}

export interface AsanaSource extends Source<AuditLogEvent> {
  /** Changes whenever workspace or filters do: an offset must never be sent with other filters. */
  readonly fingerprint: string
}

/**
 * Tails the audit log of one workspace. "Caught up" is an empty page: after the first match Asana sends a `next_page` for
 * ever, and every answer moves the offset. Temporary faults are waited out here; fatal ones reject.
 */
export function asanaSource(options: AsanaSourceOptions): AsanaSource {
  return {
    fingerprint: fingerprint(options),
    read: (cursor, signal) => read(options, cursor, signal),
  }
}

/** Of workspace and filters. */
export function fingerprint({ workspace, filters = {}, until }: AsanaSourceOptions): string {
  const { eventType, actorType, actorGid, actorEmail, resourceGid } = filters
  const parts = [workspace, eventType, actorType, actorGid, actorEmail?.toLowerCase(), resourceGid, until]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)
}

async function* read(
  options: AsanaSourceOptions,
  cursor: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch<AuditLogEvent>> {
  const { since, until, once, onEvent, pollMs = 10_000, overlapMs = 3_600_000, clock = systemClock } = options
  const { windowMs = 2_700_000, everyMs = 900_000 } = options.settled || {}
  const end = until === undefined ? Number.POSITIVE_INFINITY : (parseMillis(until) ?? 0)
  const http = options.http ?? httpClient()
  const reader = pageReader({ ...options, http, clock, signal })
  let at: AsanaPosition = cursor === undefined ? { startAt: since } : decodePosition(cursor)
  /** Since an offset was last good, or nothing was left to read: healing again and again gets nowhere. */
  let healings = 0
  let idleSince: string | undefined
  let resumed = cursor !== undefined
  let settledAt = clock.now()

  try {
    for (;;) {
      let page: ReadPage
      try {
        page = await reader.read(at, until)
      } catch (error) {
        if (!isOffsetRefused(error) || healings === mostHealings) throw error
        healings += 1
        at = healed(at, overlapMs)
        onEvent?.({ type: 'healed', reason: error.message, restartAt: at.startAt })
        continue
      }
      const { events, refused, bytes, isEmpty, offset, serverNow } = page
      if (resumed) reportLoss(at.newest, serverNow, onEvent)
      resumed = false
      if (at.offset !== undefined || isEmpty) healings = 0
      const inReread = isReread(at, page)
      const next = following(at, page)
      const moved = !isEmpty && !(offset === undefined && next.startAt === at.startAt)
      at = next
      yield { events, refused, cursor: encodePosition(at), bytes, ...(inReread && { reread: 'healing' }) }
      if (moved) {
        idleSince = undefined
        continue
      }
      // Events may come late up to the settled window, so a closed time is read until it has settled.
      const over = once || serverNow >= end + (options.settled === false ? 0 : windowMs)
      if (options.settled !== false && (over || clock.now() - settledAt >= everyMs)) {
        // The tail may meet what is found now, in this run or the next, so what it reads up to here is compared as well.
        at = { ...at, rereadUntil: at.newest }
        const window = behind(at, serverNow - windowMs)
        if (window) yield* settledWindow(reader, { ...window, cursor: encodePosition(at) })
        settledAt = clock.now()
      }
      if (over) return
      idleSince ??= new Date(clock.now()).toISOString()
      onEvent?.({ type: 'idle', since: idleSince, newestAt: at.newest })
      await clock.sleep(pollMs, signal)
    }
  } catch (error) {
    if (!signal?.aborted) throw error
  } finally {
    if (!options.http) await http.close()
  }
}

/** What is newer than `settled` and behind the tail, if anything: what is newer than its newest event is the tail's own. */
function behind(
  { newest, startAt }: AsanaPosition,
  settled: number,
): { readonly from: number; readonly until: number } | undefined {
  const newestMs = newest === undefined ? undefined : parseMillis(newest)
  if (newestMs === undefined || newestMs < settled) return undefined
  const from = Math.max(settled, startAt === undefined ? 0 : (parseMillis(startAt) ?? 0))
  return { from, until: newestMs + 1 }
}

/** Tells when a position is older than Asana keeps events. */
export function reportLoss(newest: string | undefined, serverNow: number, onEvent: OnFact | undefined): void {
  const kept = serverNow - retentionMs
  if (newest === undefined || (parseMillis(newest) ?? 0) >= kept) return
  onEvent?.({ type: 'possible_loss', from: newest, until: new Date(kept).toISOString() })
}

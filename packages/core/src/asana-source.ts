import { createHash } from 'node:crypto'
import { type AuditLogEvent, type FieldPolicy, parseMillis } from '@asana-audit/schema'
import { acceptPage } from './accept-page.ts'
import { type AsanaPosition, decodePosition, encodePosition } from './asana-cursor.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Batch, OnFact, Source } from './contract.ts'
import { isAfter, later } from './event-time.ts'
import { fault, isFault } from './fault.ts'
import { type AuditLogAccess, type AuditLogPage, getAuditLogEvents } from './get-audit-log-events.ts'
import { httpClient } from './http-client.ts'
import { retry } from './retry.ts'

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
  /** RFC 3339, exclusive: the source ends once Asana's clock has passed it and nothing is left. */
  readonly until?: string | undefined
  /** End at the first empty page instead of asking again. Default false. */
  readonly once?: boolean | undefined
  /** How long to wait after an empty page. Default 10,000. */
  readonly pollMs?: number | undefined
  /** Events a request; sent only when given (see `AuditLogQuery.limit`). */
  readonly limit?: number | undefined
  /** How far before the healing time reading starts again after a refused offset. Default one hour. */
  readonly overlapMs?: number | undefined
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

function fingerprint({ workspace, filters = {}, until }: AsanaSourceOptions): string {
  const { eventType, actorType, actorGid, actorEmail, resourceGid } = filters
  const parts = [workspace, eventType, actorType, actorGid, actorEmail?.toLowerCase(), resourceGid, until]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)
}

async function* read(
  options: AsanaSourceOptions,
  cursor: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch<AuditLogEvent>> {
  const { since, until, once, onEvent, pollMs = 10_000, clock = systemClock } = options
  const http = options.http ?? httpClient()
  const accept = acceptPage({ ...options, onEvent })
  let at: AsanaPosition = cursor === undefined ? { startAt: since } : decodePosition(cursor)
  let pages = 0
  /** Since an offset was last good, or nothing was left to read: healing again and again gets nowhere. */
  let healings = 0
  let idleSince: string | undefined

  async function nextPage(): Promise<AuditLogPage> {
    const { untilFirstPage, afterwards } = options.giveUpAfterMs ?? {}
    return await retry(() => pageWithinCap({ ...options, http, signal, clock }, at), {
      part: 'source',
      clock,
      signal,
      onEvent,
      giveUpAfterMs: (pages === 0 ? untilFirstPage : afterwards) ?? Number.POSITIVE_INFINITY,
    })
  }

  try {
    for (;;) {
      const asked = clock.now()
      let page: AuditLogPage
      try {
        page = await nextPage()
      } catch (error) {
        if (!isFault(error) || error.code !== 'offset_refused' || healings === mostHealings) throw error
        healings += 1
        at = healed(at, options)
        onEvent?.({ type: 'healed', reason: error.message, restartAt: at.startAt })
        continue
      }
      pages += 1
      if (at.offset !== undefined || page.data.length === 0) healings = 0
      const serverNow = page.date ?? clock.now()
      const { events, refused, newest, oldest } = accept(page.data, at.newest, serverNow)
      const inReread =
        at.rereadUntil !== undefined && page.data.length > 0 && !isAfter(oldest, at.rereadUntil)
      const next = following(at, page, newest, inReread)
      onEvent?.({
        type: 'page_read',
        events: page.data.length - refused.length,
        refused: refused.length,
        bytes: page.bytes,
        ms: clock.now() - asked,
        newestAt: newest,
      })
      const moved = page.data.length > 0 && !(page.offset === undefined && next.startAt === at.startAt)
      at = next
      yield {
        events,
        refused,
        cursor: encodePosition(at),
        bytes: page.bytes,
        ...(inReread && { reread: 'healing' as const }),
      }
      if (moved) {
        idleSince = undefined
        continue
      }
      if (once || (until !== undefined && serverNow >= (parseMillis(until) ?? 0))) return
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

/** More in a row mean that Asana refuses its own offsets at once, which only a person can look into. */
const mostHealings = 5

/** Page sizes to fall back to when an answer is over the byte cap: a page of events of 60 kB is already 60 MB. */
const smallerLimits = [100, 10, 1]

async function pageWithinCap(
  options: AsanaSourceOptions & { signal: AbortSignal | undefined },
  at: AsanaPosition,
): Promise<AuditLogPage> {
  const { filters, until } = options
  const ask = (limit: number | undefined): Promise<AuditLogPage> =>
    getAuditLogEvents({
      ...options,
      startAt: at.startAt,
      endAt: until,
      eventType: filters?.eventType,
      actorType: filters?.actorType,
      actorGid: filters?.actorGid,
      resourceGid: filters?.resourceGid,
      offset: at.offset,
      limit,
    })
  const limits = smallerLimits.filter((limit) => limit < (options.limit ?? Number.POSITIVE_INFINITY))
  for (const limit of [options.limit, ...limits]) {
    try {
      return await ask(limit)
    } catch (error) {
      if (!isFault(error) || error.code !== 'response_too_large') throw error
    }
  }
  const message = 'A page with a single event is over the response cap. Raise the cap (max_response_bytes).'
  throw fault({ fault: 'fatal', code: 'event_too_large', message })
}

/** The position after a page. Null `next_page` never throws the old offset away: without it the log would start over. */
function following(
  at: AsanaPosition,
  page: AuditLogPage,
  newest: string | undefined,
  inReread: boolean,
): AsanaPosition {
  const rest = { newest, ...(inReread && { rereadUntil: at.rereadUntil }) }
  if (page.offset !== undefined) return { ...rest, offset: page.offset, startAt: at.startAt }
  if (page.data.length === 0) return { ...rest, offset: at.offset, startAt: at.startAt }
  // Events but no offset: not documented, so go on by time. `start_at` is inclusive, so the last ones come again.
  return { newest, startAt: newest, rereadUntil: newest }
}

function healed(at: AsanaPosition, { overlapMs = 3_600_000, since }: AsanaSourceOptions): AsanaPosition {
  const from = at.newest === undefined ? undefined : (parseMillis(at.newest) ?? 0) - overlapMs
  const restart = from === undefined ? (at.startAt ?? since) : new Date(from).toISOString()
  const startAt = at.startAt !== undefined && isAfter(at.startAt, restart) ? at.startAt : restart
  return { startAt, newest: at.newest, rereadUntil: later(at.rereadUntil, at.newest) }
}

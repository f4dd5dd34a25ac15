import { millisOf } from '@asana-audit/schema/lossless'
import { minuteMs } from '../duration.ts'
import { fault } from '../fault.ts'

/** What a request asked for. Times are RFC 3339, `endAt` is exclusive. */
export interface Asked {
  readonly startAt?: string | undefined
  readonly endAt?: string | undefined
  readonly eventType?: string | undefined
}

/** What Asana sent, and its `created_at` in milliseconds since 1970 if that can be read. */
interface Dated {
  readonly raw: unknown
  readonly at: number | undefined
}

/** A server may round the times it is given. */
const toleranceMs = minuteMs

/**
 * Throws a fatal `filters_ignored` if most of a page was not asked for: then every window would return the whole log, and
 * every new start its oldest events.
 */
export function assertAsAsked(entries: readonly Dated[], { startAt, endAt, eventType }: Asked): void {
  const from = (millisOf(startAt) ?? Number.NEGATIVE_INFINITY) - toleranceMs
  const until = (millisOf(endAt) ?? Number.POSITIVE_INFINITY) + toleranceMs
  let others = 0
  for (const { raw, at } of entries) {
    const { event_type: type } = Object(raw) as { event_type?: unknown }
    const isOther = typeof type === 'string' && eventType !== undefined && type !== eventType
    if (isOther || (at !== undefined && (at < from || at > until))) others += 1
  }
  if (2 * others <= entries.length) return
  const asked = [
    startAt !== undefined && `from ${startAt}`,
    endAt !== undefined && `before ${endAt}`,
    eventType !== undefined && `of the type ${eventType}`,
  ]
  const message =
    `Asana was asked for events ${asked.filter(Boolean).join(' ')}, and ${others} of the ${entries.length} it sent are others. ` +
    'Something between you and Asana, or a wrong base URL, drops the query of a request, so the same events would come again and again. Check both.'
  throw fault({ fault: 'fatal', code: 'filters_ignored', message })
}

import type { AuditLogEvent, FieldPolicy } from '@asana-audit/schema'
import { type AuditLogFilters, checkFilters } from '../asana/audit-log-filters.ts'
import { type AuditLogAccess, accessNames } from '../asana/audit-log-request.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Source } from '../contract.ts'
import type { OnFact } from '../fact.ts'
import { checkNeeded } from '../options/needed-options.ts'
import { type OptionNames, refuseUnknownOptions } from '../options/refuse-unknown-options.ts'

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
  /**
   * How far before the newest event reading starts again after a refused offset. Default one hour; never less than the settled
   * window.
   */
  readonly overlapMs?: number | undefined
  /**
   * How late an event may appear in the log and still be found: the events of this time are read again while caught up, and at the
   * end of `once`. 0: nothing is read again. Default 45 minutes.
   */
  readonly settledWindowMs?: number | undefined
  /** How often the settled window is read again while caught up. Default 15 minutes. */
  readonly rereadEveryMs?: number | undefined
  /** Applied once, here, before anything sees the event. Default drops `details.saml_response`. */
  readonly fieldPolicy?: FieldPolicy | undefined
  /**
   * After `afterwards` without an answer the request under way is ended and a temporary fault rejects; before the first answer already
   * `untilFirstPage` after the first failure. Default: never.
   */
  readonly giveUpAfterMs?: { readonly untilFirstPage: number; readonly afterwards: number } | undefined
  readonly onFact?: OnFact | undefined
  readonly clock?: Clock | undefined
}

export interface AsanaSource extends Source<AuditLogEvent> {
  /** Changes whenever workspace or filters do: an offset must never be sent with other filters. */
  readonly fingerprint: string
}

export const sourceNames: OptionNames<AsanaSourceOptions> = {
  ...accessNames,
  ...{ filters: true, since: true, until: true, once: true, pollMs: true, limit: true, overlapMs: true },
  ...{
    settledWindowMs: true,
    rereadEveryMs: true,
    fieldPolicy: true,
    giveUpAfterMs: true,
    onFact: true,
    clock: true,
  },
}

/** What was left out of the options has its default. */
export interface ResolvedSourceOptions extends AsanaSourceOptions {
  readonly pollMs: number
  /** Never less than the settled window. */
  readonly overlapMs: number
  readonly settledWindowMs: number
  readonly rereadEveryMs: number
  readonly clock: Clock
}

/** What a source does where its options say nothing: a tail and a backfill alike. Milliseconds. */
export const sourceDefaults = {
  pollMs: 10_000,
  overlapMs: 3_600_000,
  settledWindowMs: 2_700_000,
  rereadEveryMs: 900_000,
} as const

/** An option that is undefined counts as left out. */
export function resolveSourceOptions<O extends AsanaSourceOptions>(options: O): O & ResolvedSourceOptions {
  const { settledWindowMs = sourceDefaults.settledWindowMs, overlapMs = sourceDefaults.overlapMs } = options
  const { pollMs = sourceDefaults.pollMs, rereadEveryMs = sourceDefaults.rereadEveryMs } = options
  const { clock = systemClock } = options
  return {
    ...options,
    ...{ pollMs, settledWindowMs, rereadEveryMs, clock },
    overlapMs: Math.max(overlapMs, settledWindowMs),
  }
}

/**
 * Throws a fatal `unknown_option`, or `bad_option` for what is missing. `names`: those of the function `of`, which may take more
 * than a source does.
 */
export function checkSourceOptions(
  of: 'asanaSource' | 'asanaBackfill',
  names: object,
  options: AsanaSourceOptions,
): void {
  refuseUnknownOptions(of, names, options)
  checkNeeded(of, options)
  checkFilters(options.filters)
}

import type { AuditLogEvent, FieldPolicy } from '@asana-audit/schema'
import { type AuditLogFilters, checkFilters } from '../asana/audit-log-filters.ts'
import { type AuditLogAccess, accessNames } from '../asana/audit-log-request.ts'
import type { SharedReader } from '../asana/shared-pages.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Source } from '../contract.ts'
import { hourMs, minuteMs } from '../duration.ts'
import type { OnFact } from '../fact.ts'
import { fault } from '../fault.ts'
import { checkOptions } from '../options/check-options.ts'
import { type OptionNames, refuseUnknownOptions } from '../options/refuse-unknown-options.ts'

export interface AsanaSourceOptions extends AuditLogAccess {
  /**
   * A reader of `sharedPages`, if other pipelines of this process read the same workspace with the same token.
   *
   * What one of them has read costs the others no request. Events are then frozen: a `map` that changes one throws.
   */
  readonly shared?: SharedReader | undefined
  /**
   * Which events: `eventType`, `actorType`, `actorGid`, `resourceGid` and `actorEmail`. All must match; of a list, one value.
   *
   * Asana takes no lists and no e-mail address: the source itself drops the other events.
   */
  readonly filters?: AuditLogFilters | undefined
  /**
   * RFC 3339, not in the future: where to start if there is no cursor.
   * @default the oldest event
   */
  readonly since?: string | undefined
  /**
   * RFC 3339, exclusive. The source ends when it has read everything before this time and no late event can come.
   *
   * That is when Asana's clock and ours have both passed `until` plus the settled window. If Asana's answers have no `Date`, our clock
   * must have passed it by a day more.
   */
  readonly until?: string | undefined
  /**
   * End at the first empty page instead of asking again.
   * @default false
   */
  readonly once?: boolean | undefined
  /**
   * The longest wait before the source asks for new events again, in milliseconds.
   *
   * While there is more to read it does not wait. After the last events it waits a second, then twice as long after each empty page, up to
   * this. New events bring it back to a second.
   * @default 10_000
   */
  readonly pollMs?: number | undefined
  /**
   * The same while no events come: the wait grows on from `pollMs` up to this. Not less than `pollMs`.
   *
   * For quiet tenants: with 60,000 they cost about 60 requests an hour instead of 360. Stay below ten minutes: Asana does not say how long an
   * offset lives, and after one has expired, an hour is read again.
   * @default `pollMs`
   */
  readonly maxPollMs?: number | undefined
  /**
   * Events in a page (see `AuditLogQuery.limit`).
   * @default not sent
   */
  readonly limit?: number | undefined
  /**
   * How far back reading starts again after Asana refuses an offset, in milliseconds. At least the settled window.
   *
   * Counted from the newest event.
   * @default 3_600_000
   */
  readonly overlapMs?: number | undefined
  /**
   * How late an event may appear in the log and still be found, in milliseconds. With 0 nothing is read again.
   *
   * This much of the log is read again from time to time.
   * @default 2_700_000
   */
  readonly settledWindowMs?: number | undefined
  /**
   * How often the settled window is read again while there is nothing new, in milliseconds.
   *
   * The cursor says when that was, so with `once` a run does it only when it is due. The first run does it at its end, too.
   * @default 900_000
   */
  readonly rereadEveryMs?: number | undefined
  /**
   * Which fields to keep, hash or drop, made by `fieldPolicy` of `@asana-audit/schema`.
   *
   * It is applied before anything sees the event.
   * @default drops `details.saml_response`
   */
  readonly fieldPolicy?: FieldPolicy | undefined
  /**
   * `{ untilFirstPage, afterwards }`, in milliseconds: how long it tries without success before it rejects with `gave_up`.
   *
   * `afterwards` counts from the last answer. Before the first answer, `untilFirstPage` counts from the first failure, if that
   * is sooner.
   * @default never
   */
  readonly giveUpAfterMs?: { readonly untilFirstPage: number; readonly afterwards: number } | undefined
  /** Called with each fact (see Facts). It must not throw. */
  readonly onFact?: OnFact | undefined
  /**
   * `now`, `sleep` and `random`, for tests.
   * @default the system's
   */
  readonly clock?: Clock | undefined
}

export interface AsanaSource extends Source<AuditLogEvent> {
  /** Changes with workspace and filters: an offset must never be sent with other filters. */
  readonly fingerprint: string
}

export const sourceNames: OptionNames<AsanaSourceOptions> = {
  ...accessNames,
  ...{ shared: true, filters: true, since: true, until: true, once: true, limit: true, overlapMs: true },
  ...{ pollMs: true, maxPollMs: true },
  ...{
    settledWindowMs: true,
    rereadEveryMs: true,
    fieldPolicy: true,
    giveUpAfterMs: true,
    onFact: true,
    clock: true,
  },
}

/** The options with all defaults filled in. */
export interface ResolvedSourceOptions extends AsanaSourceOptions {
  readonly pollMs: number
  /** Never less than `pollMs`. */
  readonly maxPollMs: number
  /** Never less than the settled window. */
  readonly overlapMs: number
  readonly settledWindowMs: number
  readonly rereadEveryMs: number
  readonly clock: Clock
}

/** The defaults of all sources, in milliseconds. */
export const sourceDefaults: Readonly<
  Record<'pollMs' | 'overlapMs' | 'settledWindowMs' | 'rereadEveryMs', number>
> = {
  pollMs: 10_000,
  overlapMs: hourMs,
  settledWindowMs: 45 * minuteMs,
  rereadEveryMs: 15 * minuteMs,
}

/** For events that came while nothing was read, or whose times are not in order. */
const rememberedBeyondMs = 2 * hourMs

/**
 * How long a state should remember the ids of a source, in milliseconds of event time: for as long as it may read an event again, in its settled
 * window or after Asana refused an offset, and some hours more. An event whose id is forgotten is delivered and counted again.
 */
export function rememberedMs({
  settledWindowMs = sourceDefaults.settledWindowMs,
  rereadEveryMs = sourceDefaults.rereadEveryMs,
  overlapMs = sourceDefaults.overlapMs,
}: Pick<AsanaSourceOptions, 'settledWindowMs' | 'rereadEveryMs' | 'overlapMs'>): number {
  return Math.max(settledWindowMs + rereadEveryMs, overlapMs) + rememberedBeyondMs
}

/** An option that is undefined counts as left out. */
export function resolveSourceOptions<O extends AsanaSourceOptions>(options: O): O & ResolvedSourceOptions {
  const { settledWindowMs = sourceDefaults.settledWindowMs, overlapMs = sourceDefaults.overlapMs } = options
  const { pollMs = sourceDefaults.pollMs, rereadEveryMs = sourceDefaults.rereadEveryMs } = options
  const { clock = systemClock, maxPollMs = pollMs } = options
  return {
    ...options,
    ...{ pollMs, maxPollMs, settledWindowMs, rereadEveryMs, clock },
    overlapMs: Math.max(overlapMs, settledWindowMs),
  }
}

/**
 * Throws a fatal `unknown_option`, or `bad_option` for a missing option. `names`: the options of the function `of`, which may take
 * more than a source does.
 */
export function checkSourceOptions(
  of: 'asanaSource' | 'asanaBackfill',
  names: object,
  options: AsanaSourceOptions,
): void {
  refuseUnknownOptions(of, names, options)
  checkOptions(of, options)
  checkPolls(options)
  checkFilters(options.filters)
}

/** Throws a fatal `bad_option` if the longest wait is shorter than the usual one. */
export function checkPolls({ pollMs = sourceDefaults.pollMs, maxPollMs = pollMs }: Polls): void {
  if (maxPollMs >= pollMs) return
  const message = `The option maxPollMs is ${maxPollMs}, less than pollMs, which is ${pollMs}. Give at least ${pollMs}, or a smaller pollMs.`
  throw fault({ fault: 'fatal', code: 'bad_option', message })
}

type Polls = Pick<AsanaSourceOptions, 'pollMs' | 'maxPollMs'>

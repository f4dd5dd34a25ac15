import { checkNames, checkOption, isShare, isWhole } from './check-option.ts'
import type { LateEvents } from './server/event-log.ts'
import type { FaultChooser, FaultPlan } from './server/faults.ts'

/** Statuses that stand for a decision about the caller rather than for a bad moment. */
export type RefusalStatus = 402 | 403 | 404 | 451 | 500 | 503

/**
 * What no server should do, and a bug or a proxy in between has done:
 * - `no-query`: the query of a request is ignored altogether;
 * - `no-times`: `start_at` and `end_at` are ignored;
 * - `same-offset`: every page after the first leads to itself;
 * - `no-offset`: no page leads to the next.
 */
export type Oddity = 'no-query' | 'no-times' | 'same-offset' | 'no-offset'

/** What may be changed while the simulator runs. Times are in milliseconds. */
export interface SimulatorSettings {
  /** The bearer token that is let in. Default `simulator-token`. */
  token?: string
  /**
   * Page size when `limit` is not sent. Default 1000: Asana's page on this endpoint says so, although `limit` itself
   * goes to 100 only. Both texts hold by default.
   */
  defaultLimit?: number
  /** The highest `limit` that may be sent. Default 100. */
  maxLimit?: number
  /** What happens to a higher one: unknown of Asana. Default `reject`, a 400. */
  overLimit?: 'reject' | 'clamp'
  /** How long an offset lives. Default 15 minutes. */
  offsetTtlMs?: number
  /**
   * What happens when an offset comes with other filters than it was issued for, or with none: unknown of Asana.
   * `refuse` (default): a 400. `request`: the filters of the request hold. `offset`: those of the offset hold.
   */
  filtersWithOffset?: 'refuse' | 'request' | 'offset'
  /** Whether an offset leads to events that arrive late and belong before it: unknown of Asana. Default `hidden`. */
  lateEvents?: LateEvents
  /** Older events are deleted. Default 90. */
  retentionDays?: number
  /** Default 1500, Asana's figure for paid plans; free ones have 150. `Infinity`: no limit. */
  requestsPerMinute?: number
  /** Default 50. */
  maxInFlight?: number
  /** How long every answer takes; a refusal by a rate limit comes at once. Default 0. */
  latencyMs?: number
  /** Answer every request with a good token like this; `null` (default) for none. */
  refuseWith?: RefusalStatus | null
  /** Default `null`: none. */
  oddity?: Oddity | null
  /** How far the clock in the `Date` header is ahead; negative: behind. Default 0. */
  dateAheadMs?: number
  /** Default `null`: none. */
  faults?: FaultPlan | FaultChooser | null
}

export type CompleteSettings = Required<SimulatorSettings>

const defaults: CompleteSettings = {
  token: 'simulator-token',
  defaultLimit: 1000,
  maxLimit: 100,
  overLimit: 'reject',
  offsetTtlMs: 15 * 60_000,
  filtersWithOffset: 'refuse',
  lateEvents: 'hidden',
  retentionDays: 90,
  requestsPerMinute: 1500,
  maxInFlight: 50,
  latencyMs: 0,
  refuseWith: null,
  oddity: null,
  dateAheadMs: 0,
  faults: null,
}

export const settingNames = Object.keys(defaults) as readonly (keyof CompleteSettings)[]

/** `changes` over `settings`, checked. Throws a `TypeError` with `code` `invalid_option` for what cannot be meant. */
export function completeSettings(
  changes: SimulatorSettings,
  settings: CompleteSettings = defaults,
): CompleteSettings {
  const given = settingNames.filter((name) => changes[name] !== undefined)
  const complete = { ...settings, ...Object.fromEntries(given.map((name) => [name, changes[name]])) }

  checkOption('token', complete.token !== '', 'some text')
  checkOption('defaultLimit', isWhole(complete.defaultLimit, 1), 'a whole number from 1')
  checkOption('maxLimit', isWhole(complete.maxLimit, 1), 'a whole number from 1')
  checkOption('offsetTtlMs', complete.offsetTtlMs >= 0, 'milliseconds from 0')
  checkOption('retentionDays', complete.retentionDays > 0, 'days above 0')
  checkOption('requestsPerMinute', complete.requestsPerMinute >= 1, 'a number from 1, or Infinity')
  checkOption('maxInFlight', complete.maxInFlight >= 1, 'a number from 1')
  checkOption('latencyMs', complete.latencyMs >= 0, 'milliseconds from 0')
  const { faults } = complete
  if (typeof faults === 'object' && faults) {
    checkNames(faults, ['rate', 'seed', 'kinds', 'attempts', 'retryAfterSeconds', 'delayMs'], 'faults.')
    checkOption('faults.rate', isShare(faults.rate), 'a share from 0 to 1')
    checkOption('faults.attempts', isWhole(faults.attempts ?? 3, 0), 'a whole number from 0')
  }
  return complete
}

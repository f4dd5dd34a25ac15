import { checkNames, checkOption, isShare, isWhole } from './check-option.ts'
import type { LateEvents } from './server/event-log.ts'
import type { FaultChooser, FaultPlan } from './server/faults.ts'

/** Statuses that refuse the caller, in contrast to random faults. */
export type RefusalStatus = 402 | 403 | 404 | 451 | 500 | 503

/**
 * Wrong behaviour that a bug or a proxy has caused in practice:
 * - `no-query`: the query of a request is ignored altogether;
 * - `no-times`: `start_at` and `end_at` are ignored;
 * - `same-offset`: every page after the first leads to itself;
 * - `no-offset`: no page leads to the next.
 */
export type Oddity = 'no-query' | 'no-times' | 'same-offset' | 'no-offset'

/** Settings that can be changed while the simulator runs. Times are in milliseconds. */
export interface SimulatorSettings {
  /**
   * The bearer token that is accepted.
   * @default 'simulator-token'
   */
  token?: string
  /**
   * Page size if a request has no `limit`. The default is from Asana's documentation, although its highest `limit` is
   * 100.
   * @default 1000
   */
  defaultLimit?: number
  /**
   * The highest `limit`.
   * @default 100
   */
  maxLimit?: number
  /**
   * A higher `limit` is a 400, or with `clamp` is lowered to `maxLimit`. _Unknown for Asana._
   * @default 'reject'
   */
  overLimit?: 'reject' | 'clamp'
  /**
   * Lifetime of an offset, in milliseconds. _Unknown for Asana; other parts of its API have 15 minutes._
   * @default 900_000
   */
  offsetTtlMs?: number
  /**
   * An offset sent with other filters is a 400 (`refuse`), or the filters of the `request` or of the `offset` apply.
   * _Unknown for Asana._
   * @default 'refuse'
   */
  filtersWithOffset?: 'refuse' | 'request' | 'offset'
  /**
   * Whether late events that belong before an offset are served after it: `hidden` or `visible`. _Unknown for Asana._
   * @default 'hidden'
   */
  lateEvents?: LateEvents
  /**
   * Events older than this many days are deleted.
   * @default 90
   */
  retentionDays?: number
  /**
   * Most requests in any 60 seconds by `now`. Long tests with a stopped clock need `Infinity`, no limit.
   *
   * The default is Asana's limit for paid plans; free plans have 150.
   * @default 1500
   */
  requestsPerMinute?: number
  /**
   * Most requests in flight. More are refused.
   * @default 50
   */
  maxInFlight?: number
  /**
   * The delay of every answer, in milliseconds. Rate limits refuse at once.
   * @default 0
   */
  latencyMs?: number
  /**
   * Answers every request that has a valid token with 402, 403, 404, 451, 500 or 503.
   * @default null
   */
  refuseWith?: RefusalStatus | null
  /**
   * Wrong behaviour: `no-query`, `no-times` (ignored), `same-offset` (a page leads to itself), `no-offset` (no next
   * page).
   * @default null
   */
  oddity?: Oddity | null
  /**
   * How far the clock in the `Date` header is ahead, in milliseconds; negative: behind.
   * @default 0
   */
  dateAheadMs?: number
  /**
   * A plan of faults, or a function from `{ identity, attempt, hasOffset }` to a kind of fault.
   * @default null
   */
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

/**
 * Applies `changes` to `settings` and checks the result. Throws a `TypeError` with `code` `invalid_option` for an
 * invalid option.
 */
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

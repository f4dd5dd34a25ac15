import { type Fault, fault, type LaneName } from '@asana-audit/core'
import type { LoadedLane } from '@asana-audit/core/postgres-state'
import type { Tenant } from '../tenants/tenant.ts'
import type { TurnQueue } from '../turns/turn-queues.ts'

/** pg-boss's own proof of who may settle a job: after another worker took it over, `retryCount` is higher. */
export interface Attempt {
  readonly id: string
  readonly retryCount: number
}

/** Some seconds of one lane of one tenant, which this worker has until it is settled or lost. */
export interface Turn {
  readonly queue: TurnQueue
  readonly attempt: Attempt
  readonly tenant: Tenant
  /** The lanes of the tenant as they were when the turn began. */
  readonly lanes: Readonly<Record<LaneName, LoadedLane>>
  /** How long the tenant is still to wait before it is tried again, in milliseconds; 0 if it may run. */
  readonly waitMs: number
  /** Until when its first request needs no place in the budget of its token, in milliseconds since 1970; see `BudgetOf`. */
  readonly askFreelyUntil: number
  /** In milliseconds since 1970, by our clock. */
  readonly begunAt: number
  /** When it was loaded: RFC 3339, by the clock of the database. */
  readonly loadedAt: string
  /** See `TurnData`. */
  readonly readAt: string | undefined
  /** Use `endTurn`. Ends the delivery: what is accepted is committed, the rest comes in the next turn. */
  readonly stop: AbortController
  /** Whether Asana has refused an offset, perhaps the saved one. */
  hasHealed: boolean
  /** Whether its job is about to be replaced by the next one. */
  isSettling: boolean
  /** How it ends; undefined while nothing but the log itself ends it. */
  end: TurnEnd | undefined
  /** Why nothing can be committed for it any more; undefined while something can. */
  lost: Fault | undefined
}

/** The lane that the turns of a queue read. */
export function laneOf({ queue }: Pick<Turn, 'queue'>): LaneName {
  return queue === 'tail' ? 'live' : 'backlog'
}

/** Why a turn is lost. */
export type Loss =
  /** The job is another attempt's by now. */
  | 'attempt'
  /** The tenant is removed. */
  | 'removed'
  /** Somebody else moved the position. */
  | 'version'

/** How a turn ended. */
export type TurnEnd =
  /** Everything there was is delivered: the next turn comes after the tenant's poll seconds. */
  | { readonly outcome: 'caught_up' }
  /** There is more: the next turn comes at once, behind those that wait already. */
  | { readonly outcome: 'cut' }
  /** Something fails for now, and others need the slot: the next turn comes soon. */
  | { readonly outcome: 'failing' }
  /** A person must do something: it is tried again after five minutes. */
  | { readonly outcome: 'paused'; readonly code: string; readonly message: string }
  /** The tenant waits for the time of its next try. */
  | { readonly outcome: 'waiting'; readonly forMs: number }
  /** The worker stops: another one goes on at once. */
  | { readonly outcome: 'handed_back' }
  /** Nothing is left to do in this lane: there is no next turn. */
  | { readonly outcome: 'finished' }
  /** Nothing more could be committed for it. */
  | { readonly outcome: 'superseded'; readonly why: Loss }

/** Ends a turn before its log does. The first reason counts. */
export function endTurn(turn: Turn, end: TurnEnd): void {
  turn.end ??= end
  turn.stop.abort(new Error('The turn ends.'))
}

const losses: Readonly<Record<Loss, string>> = {
  attempt: 'The turn is another worker’s by now, because this one was silent for too long.',
  removed: 'The tenant was removed.',
  version: 'Something else moved the position of this tenant meanwhile.',
}

/** Nothing more can be committed for the turn. Gives the fault that says so. */
export function lose(turn: Turn, why: Loss): Fault {
  const message = `${losses[why]} What was sent and not saved is sent again, with the same ids.`
  turn.lost ??= fault({ fault: 'fatal', final: true, code: 'superseded', message })
  endTurn(turn, { outcome: 'superseded', why })
  return turn.lost
}

/** No turn waits longer than this because of a fault that goes away by itself. */
const soonMs = 60_000
/** The wait while the last window of a backlog is still open for late events. */
const openBacklogMs = 300_000
export const pauseMs = 300_000

/** Up to this share of a wait is left out, so that tenants which began together do not come together for ever. */
const jitter = 0.05

/** How long until the next turn, in milliseconds; undefined: there is none. `chance`: from 0 to below 1. */
export function nextTurnMs(
  { queue, tenant }: Pick<Turn, 'queue' | 'tenant'>,
  end: TurnEnd,
  chance: number,
): number | undefined {
  const pollMs = tenant.pollSeconds * 1_000
  const spread = (ms: number): number => Math.round(ms * (1 - jitter * chance))
  switch (end.outcome) {
    case 'caught_up':
      return spread(queue === 'tail' ? pollMs : Math.max(pollMs, openBacklogMs))
    case 'failing':
      return spread(Math.min(pollMs, soonMs))
    case 'paused':
      return pauseMs
    case 'waiting':
      return end.forMs
    case 'cut':
    case 'handed_back':
    case 'superseded':
      return 0
    case 'finished':
      return undefined
  }
}

import { type Clock, type Fault, fault, type RequestBudget, requestBudget } from '@asana-audit/core'
import { neverBack, raceAbort, systemClock } from '@asana-audit/core/sink-kit'
import { databaseFault } from '../database/database-fault.ts'
import type { Connection } from '../database/open-database.ts'
import { type BudgetGrant, longestHoldMs, longestWaitMs, takeRequests } from './take-requests.ts'

export interface SharedBudgetsOptions {
  readonly connection: Connection
  /** Most requests in a minute with one token, of all workers together. */
  readonly perMinute: number
  /** For tests. */
  readonly clock?: Clock | undefined
}

/**
 * The budget of a token, for one turn. Until `freelyUntil`, in milliseconds since 1970, its first request is not counted. That is for the poll of
 * a tenant that alone has the token and has asked for so little that nothing of the budget is used: there is one such request for each
 * poll, and most polls make no other. Where these could be more than a twentieth of the budget, all are counted.
 */
export type BudgetOf = (tokenRef: string, freelyUntil?: number) => RequestBudget

/** Most requests of one worker with one token at once. Asana allows 50 to all of them. */
const inFlight = 16

/** How long the first request waits for others, so that one statement takes them all. */
const gatherMs = 5

/** What this worker knows of one token. It is forgotten once nobody asks any more. */
interface Token {
  /** Limits how many requests run at once. The rate is limited by the database. */
  readonly running: RequestBudget
  /** The callers that wait for an answer of the database. */
  readonly waiting: PromiseWithResolvers<number>[]
  /** No request starts before this time, by our clock, in milliseconds since 1970. */
  heldUntil: number
  /** A wait that the database does not know of yet, in milliseconds. */
  holdMs: number
  users: number
}

/**
 * The budget of each token, in the database: all workers of a fleet together never ask more often than Asana allows. The requests of a few
 * milliseconds are taken in one statement. A request that would have to wait for more than some seconds is refused with a temporary
 * `budget_used_up` instead: its turn should not keep a slot for that long.
 */
export function sharedBudgets({
  connection,
  perMinute,
  clock = systemClock,
}: SharedBudgetsOptions): BudgetOf {
  const holding = neverBack(clock)
  const tokens = new Map<string, Token>()
  let isGathering = false

  function tokenOf(tokenRef: string): Token {
    const known = tokens.get(tokenRef)
    if (known) return known
    const running = requestBudget({ perMinute: Number.MAX_SAFE_INTEGER, inFlight })
    const token: Token = { running, waiting: [], heldUntil: 0, holdMs: 0, users: 0 }
    tokens.set(tokenRef, token)
    return token
  }

  function gather(): void {
    if (isGathering) return
    isGathering = true
    setTimeout(() => {
      isGathering = false
      void ask()
    }, gatherMs)
  }

  async function ask(): Promise<void> {
    const asked = [...tokens].flatMap(([tokenRef, token]) => {
      const { holdMs } = token
      const waiting = token.waiting.splice(0)
      token.holdMs = 0
      return waiting.length > 0 || holdMs > 0 ? [{ tokenRef, token, waiting, holdMs }] : []
    })
    if (asked.length === 0) return
    try {
      const asks = asked.map(({ tokenRef, waiting, holdMs }) => ({
        tokenRef,
        requests: waiting.length,
        holdMs,
      }))
      const grants = await takeRequests(connection, perMinute, asks)
      for (const { tokenRef, waiting } of asked) answer(waiting, grants.get(tokenRef))
    } catch (error) {
      const fault = databaseFault(error)
      for (const { token, waiting, holdMs } of asked) {
        // The others are told with the next question.
        token.holdMs = Math.max(token.holdMs, holdMs)
        for (const { reject } of waiting) reject(fault)
      }
    }
  }

  function forget(tokenRef: string, token: Token): void {
    token.users -= 1
    if (token.users === 0 && token.holdMs === 0 && token.heldUntil <= holding.now()) tokens.delete(tokenRef)
  }

  /** A 429 that this worker was told of counts at once. */
  function isFree(tokenRef: string, until: number): boolean {
    return clock.now() < until && (tokens.get(tokenRef)?.heldUntil ?? 0) <= holding.now()
  }

  return (tokenRef, freelyUntil = 0) => ({
    async take(signal) {
      const until = freelyUntil
      freelyUntil = 0
      if (isFree(tokenRef, until)) return nothingTaken
      const token = tokenOf(tokenRef)
      token.users += 1
      let done: (() => void) | undefined
      const over = (): void => {
        done?.()
        forget(tokenRef, token)
      }
      try {
        done = await token.running.take(signal)
        const granted = Promise.withResolvers<number>()
        token.waiting.push(granted)
        gather()
        const waitMs = await (signal ? raceAbort(granted.promise, signal) : granted.promise)
        if (waitMs > 0) await clock.sleep(waitMs, signal)
        // Another request's 429 may hold the budget meanwhile.
        const heldMs = token.heldUntil - holding.now()
        if (heldMs > 0) throw usedUp(heldMs)
      } catch (error) {
        over()
        throw error
      }
      let isOver = false
      return () => {
        if (!isOver) over()
        isOver = true
      }
    },
    hold(ms) {
      const token = tokenOf(tokenRef)
      const heldMs = Math.min(ms, longestHoldMs)
      token.heldUntil = Math.max(token.heldUntil, holding.now() + heldMs)
      token.holdMs = Math.max(token.holdMs, heldMs)
      gather()
    },
  })
}

const nothingTaken = (): void => {}

function answer(waiting: readonly PromiseWithResolvers<number>[], grant: BudgetGrant | undefined): void {
  for (const [index, { resolve, reject }] of waiting.entries()) {
    if (!grant) resolve(0)
    else if (index < grant.granted) resolve(grant.firstInMs + index * grant.spacingMs)
    else reject(usedUp(grant.againInMs))
  }
}

function usedUp(ms: number): Fault {
  const message = `The requests of this token are used up for the next ${Math.ceil(ms / 1_000)} s; all workers and tenants with this token share them. It is tried again.`
  return fault({
    fault: 'temporary',
    code: 'budget_used_up',
    message,
    retryAfterMs: Math.max(ms, longestWaitMs),
  })
}

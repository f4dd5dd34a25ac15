import type { Clock } from '../clock.ts'
import { isAfter } from '../event-time.ts'
import type { OnFact } from '../fact.ts'
import { type Fault, fault, isFault } from '../fault.ts'
import { waitAfter, waitOut } from '../retry.ts'
import { isOffsetRefused } from './page-requests.ts'
import type { ReadPage } from './pages/read-page.ts'
import { type AsanaPosition, healed } from './position/asana-position.ts'
import { trailAfter } from './position/headway.ts'

export interface HealingOptions {
  /** How far before the newest event reading starts again. */
  readonly overlapMs: number
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
  readonly onFact?: OnFact | undefined
}

/** Starts a reader again by time when its offset is refused, as long as that makes progress. */
export interface Healing {
  /** Call it with every page, and the position it was requested at. Throws if the page brings no headway. */
  passed(at: AsanaPosition, page: ReadPage): void
  /**
   * Where to continue after a refused offset. Also if the first page of this process is one that came before: a stored offset may lead
   * into a cycle. Rejects with any other `error`, and with a fatal `no_headway`.
   */
  after(error: unknown, at: AsanaPosition): Promise<AsanaPosition>
}

/** How many new starts in a row may bring no progress. Each waits longer than the one before. */
const mostWithoutProgress = 2

export function healing({ overlapMs, clock, signal, onFact }: HealingOptions): Healing {
  let hasRead = false
  /** Events since the last start. */
  let given = 0
  /** How far the last start came. Undefined: there was no start yet, or the end was reached. */
  let reached: { readonly newest: string | undefined; readonly given: number } | undefined
  let withoutProgress = 0
  return {
    passed(at, page) {
      trailAfter(at, page)
      hasRead = true
      given += page.count
      if (page.isEmpty) reached = undefined
    },
    async after(error, at) {
      const isCircle = isFault(error) && error.code === 'no_headway' && !hasRead
      if (!isCircle && !isOffsetRefused(error)) throw error
      const isFurther = reached === undefined || isAfter(at.newest, reached.newest) || given > reached.given
      withoutProgress = isFurther ? 0 : withoutProgress + 1
      if (withoutProgress > mostWithoutProgress) throw refusedAgain(error, at)
      const waitMs = waitAfter({}, withoutProgress, clock.random())
      if (withoutProgress > 0)
        await waitOut(error, { failures: withoutProgress, waitMs }, { part: 'source', clock, signal, onFact })
      // An earlier process came no further either, and it has read the overlap already: skip the refused page.
      const isRead = !hasRead && at.rereadUntil !== undefined && !isAfter(at.newest, at.rereadUntil)
      reached = { newest: at.newest, given }
      given = 0
      hasRead = true
      const next = healed(at, isRead || isCircle ? 0 : overlapMs)
      onFact?.({ type: 'healed', reason: error.message, restartAt: next.startAt })
      return next
    },
  }
}

function refusedAgain(refusal: Fault, { newest }: AsanaPosition): Fault {
  const place = newest === undefined ? 'the same page' : `the page after ${newest}`
  const message =
    `Asana refuses the offset of ${place} again and again, and starting again by time makes no progress. ` +
    `The next attempt starts exactly at that time and skips the refused offset. Last: ${refusal.message}`
  return fault({ fault: 'fatal', code: 'no_headway', message, cause: refusal })
}

import type { Clock } from '../clock.ts'
import { isAfter } from '../event-time.ts'
import type { OnFact } from '../fact.ts'
import { type Fault, fault, isFault } from '../fault.ts'
import { waitAfter, waitOut } from '../retry.ts'
import { type AsanaPosition, healed } from './asana-position.ts'
import { trailAfter } from './headway.ts'
import { isOffsetRefused } from './page-reader.ts'
import type { ReadPage } from './read-page.ts'

export interface HealingOptions {
  /** How far before the newest event reading starts again. */
  readonly overlapMs: number
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
  readonly onFact?: OnFact | undefined
}

/** Starts a reader again by time where its offset is refused, as long as that gets on. */
export interface Healing {
  /** To be told of every page, and where it was asked for. Throws where it is no headway. */
  passed(at: AsanaPosition, page: ReadPage): void
  /**
   * Where to go on after a refused offset, and where the first page of a life came before, since a stored offset may lead into a
   * circle. Rejects with any other `error`, and with a fatal `no_headway`.
   */
  after(error: unknown, at: AsanaPosition): Promise<AsanaPosition>
}

/** So many new starts in a row that come no further than the one before are waited for, longer each time. */
const mostInVain = 2

export function healing({ overlapMs, clock, signal, onFact }: HealingOptions): Healing {
  let hasRead = false
  /** Events since the last start. */
  let given = 0
  /** How far the last start came. Undefined: there was none yet, or the end was reached. */
  let reached: { readonly newest: string | undefined; readonly given: number } | undefined
  let inVain = 0
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
      inVain = isFurther ? 0 : inVain + 1
      if (inVain > mostInVain) throw refusedAgain(error, at)
      const waitMs = waitAfter({}, inVain, clock.random())
      if (inVain > 0)
        await waitOut(error, { failures: inVain, waitMs }, { part: 'source', clock, signal, onFact })
      // An earlier life came no further than this, and has read what was to be read again: the page is gone around.
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
    `Asana refuses the offset of ${place} again and again, and starting again by time comes no further. ` +
    `The next attempt starts right at that time, behind what was refused. Last: ${refusal.message}`
  return fault({ fault: 'fatal', code: 'no_headway', message, cause: refusal })
}

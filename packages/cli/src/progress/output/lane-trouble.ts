import type { Fact } from '@asana-audit/core'

/** What stops a lane. */
export interface LaneTrouble {
  readonly code: string
  /** A few words for the line of the lane. They hold until the next attempt, since nothing is drawn while nothing happens. */
  readonly text: string
}

/** What stops a lane after a fact; `before`: what stopped it until then. Undefined: nothing does. */
export function troubleAfter(
  fact: Fact,
  before: LaneTrouble | undefined,
  now: number,
): LaneTrouble | undefined {
  switch (fact.type) {
    case 'retrying':
      return { code: fact.code, text: `next try at ${timeOfDay(now + fact.waitMs)} (${fact.code})` }
    case 'paused':
      return { code: fact.code, text: `paused until ${timeOfDay(now + fact.waitMs)} (${fact.code})` }
    case 'resumed':
    case 'committed':
      return undefined
    default:
      return before
  }
}

function timeOfDay(time: number): string {
  return `${new Date(time).toISOString().slice(11, 19)} UTC`
}

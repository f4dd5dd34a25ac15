import type { Identified } from '@asana-audit/core'
import { rawEventTime } from '@asana-audit/schema/lossless'
import { dayOf } from './object-key.ts'

/** Events that follow each other and happened on one UTC day; at least one. */
export interface DayPart {
  readonly day: string
  readonly events: readonly [Identified, ...Identified[]]
}

/** An object holds events of one day only, so a write over midnight is divided. Ends before what has no gid or no time, or is not whole. */
export function* dayParts(
  events: readonly Identified[],
  isWhole: (event: Identified) => boolean,
): Generator<DayPart> {
  let part: { day: string; events: [Identified, ...Identified[]] } | undefined
  for (const event of events) {
    const at = rawEventTime(event)
    if (at === undefined || typeof event.gid !== 'string' || !isWhole(event)) break
    const day = dayOf(at)
    if (part?.day === day) {
      part.events.push(event)
      continue
    }
    if (part) yield part
    part = { day, events: [event] }
  }
  if (part) yield part
}

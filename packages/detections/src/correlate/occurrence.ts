import type { AuditLogEvent } from '@asana-audit/schema'

/** A match of a rule at a certain time. */
export interface Occurrence {
  /** The time of the event that completed it, in milliseconds since 1970. */
  readonly at: number
  /** The gid of that event. */
  readonly gid: string
  /** The event that revealed it: the same one, unless an earlier event arrived late. */
  readonly event: AuditLogEvent
}

/** The part of an occurrence that a window keeps. */
export interface Entry {
  readonly at: number
  readonly gid: string
  /** The index of the part of the correlation that matched. */
  readonly part: number
  /** For `value_count`. */
  readonly value: string | undefined
}

/** A group of a correlation as it outlives its correlator. */
export interface KeptGroup {
  readonly key: string
  readonly lastHeld: number | undefined
  /** Sorted. At least one. */
  readonly entries: readonly Entry[]
}

/** By time, then by gid: Asana's gids grow with time, so events of the same millisecond have an order too. */
export function compareEntries(a: Entry, b: Entry): number {
  return a.at - b.at || a.gid.length - b.gid.length || compareText(a.gid, b.gid) || a.part - b.part
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

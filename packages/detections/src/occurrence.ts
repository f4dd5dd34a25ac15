import type { AuditLogEvent } from '@asana-audit/schema'

/** That a rule held at some time. */
export interface Occurrence {
  /** Milliseconds since 1970, by the event that completed it. */
  readonly at: number
  /** Of that event. */
  readonly gid: string
  /** The event by which it was found out: the same one, unless an earlier event came late. */
  readonly event: AuditLogEvent
}

/** What a window keeps of an occurrence. */
export interface Entry {
  readonly at: number
  readonly gid: string
  /** Which of the correlation's parts held. */
  readonly part: number
  /** For `value_count`. */
  readonly value: string | undefined
}

/** By time, then by gid: Asana's grow with time, so events of one millisecond have an order too. */
export function compareEntries(a: Entry, b: Entry): number {
  return a.at - b.at || a.gid.length - b.gid.length || compareText(a.gid, b.gid) || a.part - b.part
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

import type { AuditLogEvent } from '@asana-audit/schema'
import type { EventFilter } from './event-filter.ts'

/** What to read. Times are RFC 3339: from `since` on, before `until`. */
export interface EventQuery {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly filter: EventFilter
}

/** Where events come from: an archive or Asana. */
export interface EventReader {
  /**
   * The events asked for, in the source's order, each gid once; counts in `reading` what it met. May be called again, unless the
   * source is standard input. Rejects with a fault when the source cannot be read on.
   */
  read(query: EventQuery, reading: Reading): AsyncIterable<AuditLogEvent>
  close(): Promise<void>
}

/** What reading has met so far. */
export interface Reading {
  events: number
  /** What Asana was asked to filter by itself, so that the rest was never seen here: names for people. */
  readonly askedFor: string[]
  /** `created_at` of the event read last. */
  at: string | undefined
  /** Events whose gid had been read before. */
  repeats: number
  /** Records of something else than Asana's audit log. */
  foreign: number
  /** Lines, records and events that could not be read. */
  lost: number
  /** Sentences about the first of the lost, and about half lines at the end. */
  readonly problems: string[]
}

const mostProblems = 20

export function newReading(): Reading {
  return { events: 0, askedFor: [], at: undefined, repeats: 0, foreign: 0, lost: 0, problems: [] }
}

export function noteProblem(reading: Reading, message: string): void {
  if (reading.problems.length < mostProblems) reading.problems.push(message)
}

/** What a person must know about a reading that is over. */
export function readingNotes({ problems, lost, foreign, repeats }: Reading): string[] {
  const notes = [...problems]
  if (lost > 0)
    notes.push(`The result is not complete: ${count(lost, 'part')} of the input could not be read.`)
  if (foreign > 0) notes.push(`${count(foreign, 'record')} of the input held no Asana audit event.`)
  if (repeats > 0) notes.push(`Left out ${count(repeats, 'repeat')} of events already read.`)
  return notes
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}

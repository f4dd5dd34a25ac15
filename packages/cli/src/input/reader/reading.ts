import type { ReadProgress } from '@asana-audit/archive'
import type { AuditLogEvent } from '@asana-audit/schema'
import { counted } from '../../counted.ts'
import type { EventFilter } from '../events/event-filter.ts'

/** What to read. Times are RFC 3339: from `since` on, before `until`. */
export interface EventQuery {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly filter: EventFilter
}

/** Reads events from an archive or from Asana. */
export interface EventReader {
  /**
   * The events asked for, in the order of the source, each gid once. Counts in `reading`. May be called again, unless the source is
   * standard input. Rejects with a fault if the source cannot be read further.
   */
  read(query: EventQuery, reading: Reading): AsyncIterable<AuditLogEvent>
  close(): Promise<void>
}

/** Counts of what has been read so far. */
export interface Reading {
  events: number
  /** The filters that Asana applied itself, so that we never saw the other events. Names for people. */
  readonly askedFor: string[]
  /** `created_at` of the event read last. */
  at: string | undefined
  /** How far the reading of an archive with a manifest is. */
  archive: ReadProgress | undefined
  /** Events whose gid had been read before. */
  repeats: number
  /** Records that are not from Asana's audit log. */
  foreign: number
  /** Findings of detection rules, which a run writes beside its events. */
  findings: number
  /** Records that something on the way has changed, and the names of what it changed in them. */
  changed: number
  readonly changedNames: Set<string>
  /** Lines, records and events that could not be read. */
  lost: number
  /** How many of these a file has where an event should be. */
  strange: number
  /** Sentences about the first lost parts, and about torn lines at the end. */
  readonly problems: string[]
}

const mostProblems = 20
/** For a file in ECS or OCSF, for example, or one that was meant for something else. */
const whatIsRead =
  'No event was read. A file may hold events or pages as Asana sends them, OTLP JSON lines, or lines of the formats event and panther.'

export function newReading(): Reading {
  return {
    events: 0,
    askedFor: [],
    at: undefined,
    archive: undefined,
    repeats: 0,
    foreign: 0,
    findings: 0,
    changed: 0,
    changedNames: new Set(),
    lost: 0,
    strange: 0,
    problems: [],
  }
}

export function noteProblem(reading: Reading, message: string): void {
  if (reading.problems.length < mostProblems) reading.problems.push(message)
}

export function noteChanged(reading: Reading, names: readonly string[]): void {
  if (names.length === 0) return
  reading.changed += 1
  for (const name of names) reading.changedNames.add(name)
}

/** Messages for a person after reading has ended. */
export function readingNotes(reading: Reading): string[] {
  const { problems, lost, foreign, findings, repeats, changed, changedNames } = reading
  const notes = [...problems]
  if (lost > 0)
    notes.push(`The result is not complete: ${counted(lost, 'part')} of the input could not be read.`)
  if (problems.length === mostProblems && lost > mostProblems)
    notes.push(`Only the first ${mostProblems} of them are named above.`)
  if (reading.strange > 0 && reading.events === 0) notes.push(whatIsRead)
  if (foreign > 0) notes.push(`${counted(foreign, 'record')} of the input held no Asana audit event.`)
  if (findings > 0)
    notes.push(`Left out ${counted(findings, 'finding')} of detection rules, which stand beside the events.`)
  if (changed > 0) {
    const names = [...changedNames].join(', ')
    notes.push(
      `${counted(changed, 'record')} of the input did not arrive as written: missing or changed: ${names}. Look for what does that, such as a processor of a Collector.`,
    )
  }
  if (repeats > 0) notes.push(`Left out ${counted(repeats, 'repeat')} of events already read.`)
  return notes
}

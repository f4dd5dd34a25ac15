import type { AuditLogEvent } from '@asana-audit/schema'
import { present } from '@asana-audit/schema/lossless'
import { lineIn } from '../dialect-lines.ts'
import type { EventFilter } from '../input/events/event-filter.ts'
import { inTimeOrder, newest } from '../input/events/time-order.ts'
import { type Notes, notes } from '../input/reader/notes.ts'
import { type EventReader, newReading, type Reading, readingNotes } from '../input/reader/reading.ts'
import { type ExitCode, exitCode } from '../terminal/exit-code.ts'
import { unknownName } from '../terminal/unknown-name.ts'
import { findEvent, type Relation, surroundings } from './around.ts'
import { countBy } from './count-by.ts'
import { writeCounts } from './count-writer.ts'
import { derivedFields } from './event-field.ts'
import { eventWriter, leftOut } from './event-writer.ts'
import type { QuerySettings } from './query-settings.ts'
import { type TextOutput, textOutput } from './text-output.ts'

/** One run of the command. */
interface Query {
  readonly settings: QuerySettings
  readonly reader: EventReader
  readonly reading: Reading
  readonly notes: Notes
  readonly output: TextOutput
  /** Columns of the terminal. Undefined in a pipe. */
  readonly width: number | undefined
}

/** Only reads: it writes no state and to no destination. */
export async function runQuery(settings: QuerySettings): Promise<ExitCode> {
  const messages = notes({ output: process.stderr, log: settings.source.log })
  const reader = settings.source.open(messages)
  const output = textOutput(process.stdout, messages.clear)
  const width = process.stdout.isTTY ? process.stdout.columns : undefined
  const reading = newReading()
  const unwatch = messages.watch(reading)
  const one: Query = { settings, reader, reading, notes: messages, output, width }
  for (const note of unknownNames(settings.filter)) messages.say('unknown_name', note)
  try {
    const found = await answer(one)
    unwatch()
    await output.end()
    for (const note of readingNotes(reading)) messages.say('reading', note)
    return found && reading.lost === 0 ? exitCode.done : exitCode.failed
  } finally {
    unwatch()
    await reader.close()
  }
}

function unknownNames({ eventTypes = [], categories = [], actorTypes = [] }: EventFilter): string[] {
  return [
    ...eventTypes.map((name) => unknownName('event type', name)),
    ...categories.map((name) => unknownName('category', name)),
    ...actorTypes.map((name) => unknownName('actor type', name)),
  ].flatMap((unknown) => unknown?.message ?? [])
}

/** False if the event that was asked for is not found. */
async function answer(one: Query): Promise<boolean> {
  const { settings, reader, reading } = one
  const { source, filter, around, windowMs } = settings
  const { since, until } = source
  if (around === undefined) {
    const events = reader.read({ since, until, filter }, reading)
    await (settings.countBy ? showCounts(events, settings.countBy, one) : showEvents(events, one))
    return true
  }
  const search = newReading()
  const unwatch = one.notes.watch(search)
  const event = await findEvent(reader, around, { since, until }, search).finally(unwatch)
  if (event === undefined) {
    Object.assign(reading, search)
    one.notes.say('not_found', `There is no event ${around} in the events that were searched.`)
    return false
  }
  const { relation, ...range } = surroundings(event, windowMs)
  await showEvents(reader.read({ ...range, filter }, reading), one, relation)
  return true
}

async function showEvents(
  events: AsyncIterable<AuditLogEvent>,
  { settings, notes: messages, output, width, reading }: Query,
  relation?: (event: AuditLogEvent) => Relation | undefined,
): Promise<void> {
  const { form, dialect, zone, last, source } = settings
  let late = 0
  let shown = 0
  const ordered =
    last === undefined
      ? inTimeOrder(related(events, relation), () => (late += 1))
      : await newest(events, last)
  const write = (text: string) => output.write(text)
  const { workspace, kind } = source
  const toLine = (event: AuditLogEvent): string =>
    lineIn(dialect, event, { workspace, ...(kind === 'asana' && { observedTimestamp: present() }) })
  const writer = eventWriter({ form, zone, width, related: relation !== undefined, toLine, write })
  for await (const event of ordered) {
    if (!(await output.ready())) return
    writer.event(event, relation?.(event))
    shown += 1
  }
  if (shown === 0) messages.say('nothing_found', nothingFound(reading))
  else {
    writer.end()
    // Below the table, where a person looks at its end.
    await output.end()
    const narrow = leftOut({ form, width })
    if (narrow !== undefined) messages.say('column_left_out', narrow)
  }
  if (late > 0) {
    messages.say(
      'not_in_order',
      `${late.toLocaleString('en')} events are shown after newer ones, because there are too many events to sort.`,
    )
  }
}

/** The events related to the one in the middle, or all events if there is none. */
async function* related(
  events: AsyncIterable<AuditLogEvent>,
  relation: ((event: AuditLogEvent) => Relation | undefined) | undefined,
): AsyncGenerator<AuditLogEvent, void, undefined> {
  for await (const event of events) if (!relation || relation(event) !== undefined) yield event
}

async function showCounts(
  events: AsyncIterable<AuditLogEvent>,
  fields: NonNullable<QuerySettings['countBy']>,
  { settings, notes: messages, output, width, reading }: Query,
): Promise<void> {
  const names = fields.map(({ name }) => name)
  const counts = await countBy(events, fields, settings.top)
  if (counts.total === 0) messages.say('nothing_found', nothingFound(reading))
  else writeCounts(counts, { form: settings.form, names, width, write: (text) => output.write(text) })
  for (const name of counts.absent) {
    const message = `No event has a field ${name}. Give a path such as actor.email or context.client_ip_address, or one of ${derivedFields.join(', ')}.`
    messages.say('no_such_field', message)
  }
  if (counts.others.values === undefined) {
    messages.say(
      'too_many_values',
      'There are too many different values to count each. The last ones are counted together as others.',
    )
  }
}

function nothingFound({ events, askedFor }: Reading): string {
  if (askedFor.length === 0) return `Nothing found: ${counted(events)} searched.`
  const by = askedFor.join(' and ')
  const gave = events === 0 ? 'none' : `${events.toLocaleString('en')}, none of which matched`
  return `Nothing found: Asana filtered by ${by} itself and returned ${gave}. Asana does not say how many others there are.`
}

function counted(events: number): string {
  return `${events.toLocaleString('en')} ${events === 1 ? 'event was' : 'events were'}`
}

import type { ObjectStore } from '@asana-audit/archive'
import { type AuditLogEvent, parseAuditLogEvent } from '@asana-audit/schema'
import type { Input } from '../reader/inputs-reader.ts'
import { type EventQuery, noteProblem, type Reading } from '../reader/reading.ts'

export interface ArchivedAuditEvent {
  readonly event: AuditLogEvent
  /** RFC 3339. */
  readonly recordedAt: string
}

/** The events of an archive in a time range, as they were archived. Counts in `reading` what it leaves out, and how far it is. */
export async function* archivedEvents(
  store: ObjectStore,
  { since, until }: Pick<EventQuery, 'since' | 'until'>,
  reading: Reading,
): AsyncGenerator<ArchivedAuditEvent, void, undefined> {
  const lose = (message: string): void => {
    reading.lost += 1
    noteProblem(reading, message)
  }
  const { readArchive } = await import('@asana-audit/archive')
  const archived = readArchive({
    ...{ store, since, until },
    onProblem: ({ message }) => lose(message),
    onProgress: (progress) => {
      reading.archive = progress
    },
  })
  for await (const { event, recordedAt, key } of archived) {
    const parsed = parseAuditLogEvent(event)
    if ('event' in parsed) yield { event: parsed.event, recordedAt }
    else lose(`${key} of ${store.place} holds something that is not an event (${parsed.reason}); left out.`)
  }
}

/** An archive as an input. Its events do not name their workspace, so they match any. */
export function archiveInput(store: ObjectStore): Input {
  return {
    async *events(range, reading) {
      for await (const { event } of archivedEvents(store, range, reading)) yield event
    },
    close: () => store.close(),
  }
}

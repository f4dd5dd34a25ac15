import type { Input } from '../reader/inputs-reader.ts'
import { noteChanged, noteProblem } from '../reader/reading.ts'
import { eventIn } from './event-in.ts'
import { fileStream } from './file-stream.ts'
import { readEvents } from './read-events.ts'

/**
 * A file in which each JSON text may be an event, a page of Asana's or OTLP logs. Events and pages do not name their workspace, so they
 * match any.
 */
export function eventFile(file: string, workspace: string | undefined): Input {
  return {
    async *events(_, reading) {
      for await (const read of readEvents(fileStream(file))) {
        const found = eventIn(read, reading, (problem) => noteProblem(reading, problem))
        if (!found) continue
        const { event, view, changed } = found
        if (workspace !== undefined && (view.workspace ?? workspace) !== workspace) continue
        noteChanged(reading, changed)
        yield event
      }
    },
  }
}

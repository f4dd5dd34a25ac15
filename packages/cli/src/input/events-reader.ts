import { createReadStream } from 'node:fs'
import { admission } from './admission.ts'
import type { ArchiveOptions } from './archive-reader.ts'
import { readEvents } from './read-events.ts'
import { type EventReader, noteProblem } from './reading.ts'

/**
 * Reads inputs one after the other, in the order given. Each JSON text may be an event, a page of Asana's or OTLP logs. Events and
 * pages do not name their workspace, so they match any.
 */
export function eventsReader({ files, stdin, workspace }: ArchiveOptions): EventReader {
  return {
    async *read(wanted, reading) {
      const admits = admission(wanted, reading)
      for (const file of files) {
        const [input, name] =
          file === '-'
            ? [stdin, 'standard input']
            : [createReadStream(file, { highWaterMark: 2 ** 18 }), file]
        for await (const read of readEvents({ input, name })) {
          if (read === 'foreign') reading.foreign += 1
          else if (read === 'finding') reading.findings += 1
          else if ('problem' in read) {
            reading.lost += 1
            noteProblem(reading, read.problem)
          } else {
            const { event, provenance } = read
            if (workspace !== undefined && (provenance.workspace ?? workspace) !== workspace) continue
            if (admits(event)) yield event
          }
        }
      }
    },
    async close() {},
  }
}

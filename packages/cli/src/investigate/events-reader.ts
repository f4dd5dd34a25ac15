import { createReadStream } from 'node:fs'
import { parseMillis } from '@asana-audit/schema'
import { readEvents } from '../convert/read-events.ts'
import type { ArchiveOptions } from './archive-reader.ts'
import { eventMatcher } from './event-filter.ts'
import { type EventReader, noteProblem } from './reading.ts'
import { recentGids } from './recent-gids.ts'

/**
 * Reads inputs one after the other, in the order given, whichever form each of their JSON texts has: an event, a page of Asana's,
 * OTLP logs. An event or a page does not say its workspace and passes for any.
 */
export function eventsReader({ files, stdin, workspace }: ArchiveOptions): EventReader {
  return {
    async *read({ since, until, filter }, reading) {
      const matches = eventMatcher(filter)
      const wasRead = recentGids()
      const from = since === undefined ? undefined : parseMillis(since)
      const to = until === undefined ? undefined : parseMillis(until)
      for (const file of files) {
        const [input, name] =
          file === '-'
            ? [stdin, 'standard input']
            : [createReadStream(file, { highWaterMark: 2 ** 18 }), file]
        for await (const read of readEvents({ input, name })) {
          if (read === 'foreign') reading.foreign += 1
          else if ('problem' in read) {
            reading.lost += 1
            noteProblem(reading, read.problem)
          } else {
            const { event, provenance } = read
            if (workspace !== undefined && (provenance.workspace ?? workspace) !== workspace) continue
            reading.events += 1
            reading.at = event.created_at
            if (wasRead(event.gid)) {
              reading.repeats += 1
              continue
            }
            const at = parseMillis(event.created_at) ?? 0
            if ((from !== undefined && at < from) || (to !== undefined && at >= to)) continue
            if (matches(event)) yield event
          }
        }
      }
    },
    async close() {},
  }
}

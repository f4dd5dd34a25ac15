import type { ReadProgress } from '@asana-audit/archive'
import { type Notes, notes } from '../../input/reader/notes.ts'
import { newReading } from '../../input/reader/reading.ts'
import type { Warning } from '../../terminal/problem.ts'

/** What is read to be compared, and a terminal that shows after two seconds how far that is. */
export interface WatchedReading {
  /** Call it while an archive is read. */
  readonly readObjects: (progress: ReadProgress) => void
  /** Call it for each page of Asana. */
  readonly read: (events: readonly { readonly created_at: string }[]) => void
  /** A message on stderr. */
  readonly tell: (message: Pick<Warning, 'code' | 'message'>) => void
  /** Removes the line. Call it before anything is written to stdout. */
  readonly stop: () => void
}

export function watchedReading(
  messages: Notes = notes({ output: process.stderr, log: undefined }),
): WatchedReading {
  const reading = newReading()
  return {
    readObjects(progress) {
      reading.archive = progress
    },
    read(events) {
      reading.events += events.length
      reading.at = events.at(-1)?.created_at ?? reading.at
    },
    tell: ({ code, message }) => messages.say(code, message),
    stop: messages.watch(reading),
  }
}

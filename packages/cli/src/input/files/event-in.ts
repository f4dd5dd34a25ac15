import type { Reading } from '../reader/reading.ts'
import type { Read, ReadEvent } from './read-events.ts'

/** The event that was read. Anything else is counted in `reading`, and `tell` gets its problem. */
export function eventIn(
  read: Read,
  reading: Reading,
  tell: (problem: string) => void,
): ReadEvent | undefined {
  if (typeof read === 'object' && 'event' in read) return read
  if (read === 'foreign') reading.foreign += 1
  else if (read === 'finding') reading.findings += 1
  else {
    if (!read.isHalf) reading.lost += 1
    if (!read.isHalf && !read.isInput) reading.strange += 1
    tell(read.problem)
  }
  return undefined
}

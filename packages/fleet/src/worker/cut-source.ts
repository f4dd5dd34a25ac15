import type { Source } from '@asana-audit/core'

export interface CutOptions {
  /** Most pages with events. */
  readonly pages: number
  /** The longest time, in milliseconds. */
  readonly sliceMs: number
}

export interface CutSource<E> {
  readonly source: Source<E>
  /** Whether the source ended before the log did. */
  isCut(): boolean
}

/**
 * Ends a source after some pages or some time, so that a tenant with much to read gives its slot to the others. It never ends within a
 * re-read: the position does not move meanwhile, and the next turn would begin the re-read again.
 */
export function cutSource<E>(source: Source<E>, { pages, sliceMs }: CutOptions): CutSource<E> {
  let isCut = false
  return {
    source: {
      ...source,
      async *read(cursor, signal) {
        const until = Date.now() + sliceMs
        let read = 0
        for await (const batch of source.read(cursor, signal)) {
          yield batch
          if (batch.reread === 'late') continue
          if (batch.events.length + batch.malformed.length > 0) read += 1
          if (read < pages && Date.now() < until) continue
          isCut = true
          return
        }
      },
    },
    isCut: () => isCut,
  }
}

import type { Source } from '@asana-audit/core'

export interface CutOptions {
  /** Pages with something in them. */
  readonly pages: number
  /** Milliseconds. */
  readonly sliceMs: number
}

export interface CutSource<E> {
  readonly source: Source<E>
  /** Whether it ended before the log did. */
  isCut(): boolean
}

/**
 * Ends after some pages or some time, so that a tenant with much to read gives its slot to the others. Never within a window that is read
 * again: the position does not move in there, and the next turn would begin it anew.
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

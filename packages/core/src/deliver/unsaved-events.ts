import type { Batch } from '../contract.ts'

/** How many events of the source have come and are not saved as delivered, quarantined or repeated. */
export interface UnsavedEvents {
  /** The same batches, counted as they come. */
  counting<E>(batches: AsyncIterator<Batch<E>>): AsyncIterator<Batch<E>>
  /** These need no more saving. Returns how many are left. */
  saved(events: number): number
}

export function unsavedEvents(): UnsavedEvents {
  let count = 0
  return {
    counting: (batches) => ({
      async next() {
        const result = await batches.next()
        if (!result.done) count += eventsIn([result.value])
        return result
      },
    }),
    saved(events) {
      count -= events
      return count
    },
  }
}

/** With those that are malformed. */
export function eventsIn(batches: readonly Batch<unknown>[]): number {
  return batches.reduce((sum, { events, malformed }) => sum + events.length + malformed.length, 0)
}

import type { Clock } from './clock.ts'
import type { Batch } from './contract.ts'

export interface GatherOptions {
  /** Enough for one write. */
  readonly records: number
  readonly bytes: number
  readonly clock: Clock
}

/** So long events that could be sent wait for more to go with them. */
const longestWaitMs = 1_000

/**
 * Consecutive batches in lists that make one write each. Behind the tail, where the next page is a request away, small pages
 * are put together up to the size given; at the tail nothing waits: an empty page, the end, a re-read or a second without
 * a page closes the list. Reads one batch ahead of its consumer.
 */
export async function* gather<E>(
  batches: AsyncIterator<Batch<E>>,
  { records, bytes, clock }: GatherOptions,
): AsyncGenerator<readonly Batch<E>[]> {
  let next = ahead(batches)
  for (;;) {
    const first = await next
    if (first.done) return
    next = ahead(batches)
    const list = [first.value]
    let [heldRecords, heldBytes] = [first.value.events.length, first.value.bytes ?? 0]
    while (heldRecords < records && heldBytes < bytes && !closes(list.at(-1))) {
      // What a failure follows goes out before it.
      const more = await within(next, longestWaitMs, clock).catch(() => undefined)
      if (!more || more.done || more.value.reread) break
      next = ahead(batches)
      list.push(more.value)
      heldRecords += more.value.events.length
      heldBytes += more.value.bytes ?? 0
    }
    yield list
  }
}

function closes(batch: Batch<unknown> | undefined): boolean {
  return batch === undefined || batch.reread !== undefined || batch.events.length === 0
}

/** A failure is met where the batch is asked for; until then it must not count as unhandled. */
function ahead<E>(batches: AsyncIterator<Batch<E>>): Promise<IteratorResult<Batch<E>>> {
  const next = batches.next()
  next.catch(() => {})
  return next
}

/** Undefined when it takes longer. */
async function within<T>(promise: Promise<T>, ms: number, clock: Clock): Promise<T | undefined> {
  const timer = new AbortController()
  try {
    return await Promise.race([promise, clock.sleep(ms, timer.signal).then(() => undefined)])
  } finally {
    timer.abort()
  }
}

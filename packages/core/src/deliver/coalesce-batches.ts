import type { Clock } from '../clock.ts'
import type { Batch, Cursor } from '../contract.ts'

export interface CoalesceOptions {
  /** Enough for one write. */
  readonly records: number
  readonly bytes: number
  /** So long, from when it was read, an event that could be sent waits for others to go with it. */
  readonly waitMs: number
  readonly clock: Clock
}

/** Consecutive batches that make one write: one at least. A re-read is alone. */
export interface CoalescedBatches<E> {
  readonly batches: readonly Batch<E>[]
  /** Of the last one. */
  readonly cursor: Cursor
  readonly reread: Batch<E>['reread']
  /** Of those whose size is known. */
  readonly bytes: number
}

interface List<E> extends CoalescedBatches<E> {
  readonly batches: Batch<E>[]
  cursor: Cursor
  bytes: number
  records: number
  /** May be given out. Until somebody asks for it, more may still be added. */
  isDue: boolean
  /** Nothing may be added any more. */
  isClosed: boolean
  readonly timer: AbortController
}

/**
 * Consecutive batches in lists that make one write each, up to the size given. A list is given out when it is full, when an
 * empty page, the end, a failure or a re-read follows, and `waitMs` after its first batch was read at the latest, however many
 * more come. Reads on while its consumer is busy, so that what comes meanwhile makes one write: one list and one batch ahead.
 */
export async function* coalesceBatches<E>(
  batches: AsyncIterator<Batch<E>>,
  { records, bytes, waitMs, clock }: CoalesceOptions,
): AsyncGenerator<CoalescedBatches<E>> {
  const lists: List<E>[] = []
  let failed: { readonly error: unknown } | undefined
  let isOver = false
  let changed = Promise.withResolvers<void>()

  function change(): void {
    changed.resolve()
    changed = Promise.withResolvers()
  }

  function add(batch: Batch<E>): void {
    const last = lists.at(-1)
    const isNew = !last || last.isClosed || batch.reread !== undefined
    const list = isNew ? newList(batch) : last
    if (isNew) lists.push(list)
    list.cursor = batch.cursor
    list.batches.push(batch)
    list.records += batch.events.length
    list.bytes += batch.bytes ?? 0
    const isLast = batch.reread !== undefined || batch.events.length === 0
    if (isLast || list.records >= records || list.bytes >= bytes) list.isDue = list.isClosed = true
    else if (isNew) void dueInTime(list)
    change()
  }

  async function dueInTime(list: List<E>): Promise<void> {
    try {
      await clock.sleep(waitMs, list.timer.signal)
      list.isDue = true
      change()
    } catch (error) {
      // Given out before, or not wanted any more.
      if (!list.timer.signal.aborted) throw error
    }
  }

  async function readOn(): Promise<void> {
    while (!isOver) {
      const result = await batches.next()
      if (result.done || isOver) return
      add(result.value)
      while (lists.length > 1 && !isOver) await changed.promise
    }
  }

  function end(): void {
    isOver = true
    change()
  }

  readOn()
    // What a failure follows goes out before it.
    .catch((error: unknown) => {
      failed = { error }
    })
    .finally(end)
  try {
    for (;;) {
      while (!isOver && lists.length < 2 && !lists[0]?.isDue) await changed.promise
      const list = lists.shift()
      if (!list && failed) throw failed.error
      if (!list) return
      list.timer.abort()
      change()
      yield list
    }
  } finally {
    end()
    for (const { timer } of lists) timer.abort()
  }
}

function newList<E>({ reread, cursor }: Batch<E>): List<E> {
  return {
    ...{ batches: [], cursor, reread, records: 0, bytes: 0 },
    ...{ isDue: false, isClosed: false, timer: new AbortController() },
  }
}

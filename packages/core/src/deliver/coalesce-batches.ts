import type { Clock } from '../clock.ts'
import type { Batch, Cursor } from '../contract.ts'

export interface CoalesceOptions {
  /** A list with this many records is full. */
  readonly records: number
  /** A list with this many bytes is full. */
  readonly bytes: number
  /** How long an event waits for more events after it was read. */
  readonly waitMs: number
  /** Whether it also waits when the source has nothing more for now. */
  readonly overEmpty?: boolean
  readonly clock: Clock
}

/** Consecutive batches that make one write, at least one. A batch of a re-read is always alone. */
export interface CoalescedBatches<E> {
  readonly batches: readonly Batch<E>[]
  /** The cursor of the last batch. `readBy` is also that of the last batch. */
  readonly cursor: Cursor
  readonly readBy: Batch<E>['readBy']
  readonly reread: Batch<E>['reread']
  /** The sum over the batches whose size is known. */
  readonly bytes: number
}

interface List<E> extends CoalescedBatches<E> {
  readonly batches: Batch<E>[]
  cursor: Cursor
  readBy: Batch<E>['readBy']
  bytes: number
  records: number
  /** May be yielded. More may still be added until the consumer asks for it. */
  isDue: boolean
  /** When it is due at the latest, in milliseconds since 1970. */
  readonly dueAt: number
  /** Nothing may be added any more. */
  isClosed: boolean
  /** Ends the wait for more, if there is one. A batch without events does not wait, and a quiet tenant has mostly such batches. */
  timer: AbortController | undefined
}

/**
 * Puts consecutive batches into lists of one write each, up to the given size. A list is yielded when it is full, when an empty
 * page (without `overEmpty`), the end, a failure or a re-read follows, when the source says that nothing will come in time, and at the
 * latest `waitMs` after its first batch was read. Reads on while the consumer is busy, one list and one batch ahead, so that events of that time go out in
 * one write.
 */
export async function* coalesceBatches<E>(
  batches: AsyncIterator<Batch<E>>,
  { records, bytes, waitMs, overEmpty, clock }: CoalesceOptions,
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
    const list = isNew ? newList(batch, clock.now() + waitMs) : last
    if (isNew) lists.push(list)
    list.cursor = batch.cursor
    list.readBy = batch.readBy
    list.batches.push(batch)
    list.records += batch.events.length
    list.bytes += batch.bytes ?? 0
    // A list with nothing to write only moves the position, so it does not wait.
    const isEnd = batch.events.length === 0 && (!overEmpty || list.records === 0)
    const isLast = batch.reread !== undefined || isEnd
    if (isLast || list.records >= records || list.bytes >= bytes) list.isDue = list.isClosed = true
    else if (clock.now() + (batch.nextInMs ?? 0) >= list.dueAt) list.isDue = true
    else if (isNew) void dueInTime(list)
    change()
  }

  async function dueInTime(list: List<E>): Promise<void> {
    list.timer = new AbortController()
    const { signal } = list.timer
    try {
      await clock.sleep(waitMs, signal)
      list.isDue = true
      change()
    } catch (error) {
      // Aborted: the list was yielded already, or the consumer has ended.
      if (!signal.aborted) throw error
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
    // Lists before a failure are yielded first.
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
      list.timer?.abort()
      change()
      yield list
    }
  } finally {
    end()
    for (const { timer } of lists) timer?.abort()
  }
}

function newList<E>({ reread, cursor, readBy }: Batch<E>, dueAt: number): List<E> {
  return {
    ...{ batches: [], cursor, readBy, reread, records: 0, bytes: 0, dueAt },
    ...{ isDue: false, isClosed: false, timer: undefined },
  }
}

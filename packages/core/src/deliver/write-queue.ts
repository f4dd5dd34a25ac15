import type { Clock } from '../clock.ts'
import type { Commit } from '../contract.ts'
import { minuteMs } from '../duration.ts'
import type { QuarantineEntry } from '../quarantine-entry.ts'

/** Which events of a write were delivered, and which were quarantined. */
export type Outcome = Pick<Commit, 'delivered' | 'quarantined'>

/** Where the source is after a write or an empty page. */
export type Reached = Pick<Commit, 'cursor' | 'readBy'>

/** A write under way. */
export interface Flight {
  readonly reached: Reached
  readonly bytes: number
  /** What the source could not accept as events; quarantined in the same commit. */
  readonly malformed: readonly QuarantineEntry[]
  readonly repeats: number
  /** How many events of the source it settles, with the malformed ones and the repeats. */
  readonly events: number
}

/** The sums over the writes of one commit. */
export type Settled = Pick<Flight, 'repeats' | 'events'>

export interface WriteQueueOptions {
  readonly commit: (commit: Commit, settled: Settled) => Promise<void>
  /** Whether no more writes may start now. `bytes` is the size of all pages under way and of the next write; with 0 only the number of writes counts. */
  readonly isFull: (writes: number, bytes: number) => boolean
  readonly clock: Clock
  /** Aborted with the reason once a write or a commit has failed for good, so that other parts stop waiting. */
  readonly failed: AbortController
  /** Aborted when the delivery is over. */
  readonly over: AbortSignal
}

export interface WriteQueue {
  start(flight: Flight, outcome: Promise<Outcome>): void
  /** The source has moved on with nothing to write, but perhaps after dropped repeats. */
  pass(reached: Reached, repeats: number): void
  /** Commits the last cursor without a write too, even if it is not due yet. */
  savePosition(): void
  /** Backpressure: waits until one more write may start. Rejects as soon as a write or a commit has failed for good. */
  room(bytes: number): Promise<void>
  /** Waits until all writes are committed. Rejects as `room` does. */
  drained(): Promise<void>
  /** Checks again whether there is room. Call it when something outside has changed. */
  look(): void
  /** Commits now the accepted writes at the front of the queue, even if a later write has failed. Never rejects. */
  flush(): Promise<void>
  /** Resolves when no write is under way any more, whether they failed or not. */
  ended(): Promise<void>
  /** How many events are in writes that are not committed. */
  uncommitted(): number
}

const nothing: Outcome = { delivered: [], quarantined: [] }

/**
 * How often a cursor without a write is committed. In between the cursor is only in memory: if the process dies, the next process reads
 * the same empty pages and known events again, and skips nothing.
 */
const positionEveryMs = minuteMs

/** How long an accepted write may wait, so that others are committed together with it. */
const longestWaitMs = 100

/**
 * Keeps writes in the order of the source and commits them in that order, even if a later one is accepted first. While more writes
 * may start, several accepted ones are committed together, since a commit waits for the disk. If the process dies, the events not
 * committed are never more than the writes that may be under way.
 */
export function writeQueue({ commit, isFull, clock, failed, over }: WriteQueueOptions): WriteQueue {
  const queue: (Omit<Flight, 'reached' | 'repeats'> & {
    reached: Reached
    repeats: number
    outcome: Outcome | undefined
  })[] = []
  const underWay = new Set<Promise<void>>()
  const waiting = new Set<() => void>()
  let committing: Promise<void> | undefined
  /** A commit failed for good, so no later one may be made. */
  let isHalted = false
  /** How many writes, from the front, are in the commit under way. */
  let committed = 0
  /** How many callers wait for a commit. */
  let wanted = 0
  /** Where the source has come to after the last write, with nothing to write. It is not in the queue yet. */
  let passed: Pick<Flight, 'reached' | 'repeats'> | undefined
  let committedAt = Number.NEGATIVE_INFINITY
  let isDue = false
  let isTiming = false

  function changed(): void {
    for (const wake of waiting) wake()
    waiting.clear()
  }

  function fail(reason: unknown): void {
    failed.abort(reason)
    changed()
  }

  function look(): void {
    changed()
    commitWhatIsAccepted()
  }

  /** Commits accepted writes from the front: at once if a caller waits for it, else after a short time. */
  function commitWhatIsAccepted(): void {
    if (committing || isHalted || !queue[0]?.outcome) return
    if (isDue || wanted > 0 || isFull(queue.length, 0)) {
      committing = commitFront()
        .catch((reason: unknown) => {
          isHalted = true
          fail(reason)
        })
        .finally(() => {
          committing = undefined
          look()
        })
    } else if (!isTiming) {
      isTiming = true
      clock.sleep(longestWaitMs, over).then(
        () => {
          isTiming = false
          isDue = true
          look()
        },
        () => {}, // The delivery is over, and its code has called `flush`.
      )
    }
  }

  async function commitFront(): Promise<void> {
    isDue = false
    const pending = queue.findIndex(({ outcome }) => !outcome)
    const accepted = pending === -1 ? [...queue] : queue.slice(0, pending)
    committed = accepted.length
    await commit(
      {
        ...accepted.at(-1)!.reached,
        delivered: accepted.flatMap(({ outcome }) => outcome?.delivered ?? []),
        quarantined: accepted.flatMap(({ malformed, outcome }) => [
          ...malformed,
          ...(outcome?.quarantined ?? []),
        ]),
      },
      { repeats: sumOf(accepted, 'repeats'), events: sumOf(accepted, 'events') },
    )
    queue.splice(0, accepted.length)
    committed = 0
    committedAt = clock.now()
  }

  function savePosition(): void {
    if (!passed) return
    queue.push({ ...passed, bytes: 0, malformed: [], events: 0, outcome: nothing })
    passed = undefined
    look()
  }

  async function waitUntil(isTrue: () => boolean): Promise<void> {
    wanted += 1
    try {
      for (;;) {
        failed.signal.throwIfAborted()
        if (isTrue()) return
        const woken = new Promise<void>((resolve) => waiting.add(resolve))
        commitWhatIsAccepted()
        await woken
      }
    } finally {
      wanted -= 1
    }
  }

  function start(flight: Flight, outcome: Promise<Outcome>): void {
    const repeats = flight.repeats + (passed?.repeats ?? 0)
    const entry = { ...flight, repeats, outcome: undefined as Outcome | undefined }
    passed = undefined
    queue.push(entry)
    const ended = outcome
      .then((result) => {
        entry.outcome = result
        look()
      }, fail)
      .finally(() => underWay.delete(ended))
    underWay.add(ended)
  }

  return {
    start,
    pass(reached, repeats) {
      const last = queue.at(-1)
      // The cursor is saved with the write before it, and does not count as a write under way.
      if (last && queue.length > committed) {
        last.reached = reached
        last.repeats += repeats
        return
      }
      passed = { reached, repeats: repeats + (passed?.repeats ?? 0) }
      // The absolute distance: a clock that was fast at the last commit must not delay the next one.
      if (Math.abs(clock.now() - committedAt) >= positionEveryMs) savePosition()
    },
    savePosition,
    room: (bytes) =>
      waitUntil(() => {
        const held = bytes + sumOf(queue, 'bytes')
        return queue.length === 0 || !isFull(queue.length, held)
      }),
    drained: () => waitUntil(() => queue.length === 0),
    look,
    async flush() {
      wanted += 1
      savePosition()
      look()
      for (let current = committing; current; current = committing) await current
      wanted -= 1
    },
    async ended() {
      await Promise.all(underWay)
    },
    uncommitted: () => sumOf(queue, 'events'),
  }
}

function sumOf<Name extends 'bytes' | 'repeats' | 'events'>(
  flights: readonly Pick<Flight, Name>[],
  name: Name,
): number {
  return flights.reduce((sum, flight) => sum + flight[name], 0)
}
